import base64
import importlib.resources
import re
from pathlib import Path

import pytest

from meshnode.compiler.diagnostic import Code, CompileError
from meshnode.node.compile_child import answer
from meshnode.node.compile_messages import METERED_LOADER, Broken, CompileRequest, Emitted
from meshnode.node.compile_service import CompileService
from meshnode.node.prelude_cache import _sources, load_prelude
from meshnode.protocol.wasm_binary import MAGIC
from meshnode.sandbox.prepare import OPERATIONS_EXPORT

HELLO = 'def main():\n    print("hello")\n'


def damage(folder: Path) -> None:
    for entry in folder.glob("program-*"):
        content = bytearray(entry.read_bytes())
        content[100] ^= 1
        entry.write_bytes(content)


async def test_a_program_is_found_in_the_cache_without_a_child(tmp_path: Path) -> None:
    service = CompileService(tmp_path)
    program = await service.compile(HELLO, "hello.mojo")
    await service.close()

    again = CompileService(tmp_path, timeout_s=0.0)

    assert await again.compile(HELLO, "hello.mojo") == program
    assert program.home.startswith(MAGIC)
    await again.close()


async def test_a_damaged_cache_is_compiled_again(tmp_path: Path) -> None:
    service = CompileService(tmp_path)
    program = await service.compile(HELLO, "hello.mojo")
    damage(tmp_path)

    assert await service.compile(HELLO, "hello.mojo") == program
    await service.close()


async def test_a_wrong_program_gives_its_diagnostics() -> None:
    service = CompileService(None)
    with pytest.raises(CompileError) as caught:
        await service.compile("def main():\n    print(undefined_name)\n", "wrong.mojo")
    assert [diagnostic.span.line for diagnostic in caught.value.diagnostics] == [2]
    assert caught.value.diagnostics[0].code is Code.NAME
    await service.close()


async def test_a_child_that_dies_is_an_internal_error_and_is_replaced() -> None:
    service = CompileService(None)
    await service.warm()
    assert service._child is not None
    service._child.kill()

    with pytest.raises(CompileError, match="internal compiler error"):
        await service.compile(HELLO, "hello.mojo")

    assert (await service.compile(HELLO, "hello.mojo")).home
    await service.close()


async def test_a_compilation_that_takes_too_long_is_ended() -> None:
    service = CompileService(None, timeout_s=0.001)
    with pytest.raises(CompileError, match="longer"):
        await service.compile(HELLO, "hello.mojo")
    await service.close()


async def test_forms_are_text_or_modules() -> None:
    service = CompileService(None)
    forms = {
        form: await service.emit(HELLO, "hello.mojo", form) for form in ("wat", "llvm", "js", "ir")
    }
    assert forms["wat"].startswith(b"(module")
    assert b"define" in forms["llvm"]
    assert b"WebAssembly.Module" in forms["js"]
    assert b"main main" in forms["ir"]
    await service.close()


def test_a_failure_of_the_compiler_is_an_answer() -> None:
    answered = answer(CompileRequest(HELLO, "hello.mojo", "no such form"), load_prelude())
    assert isinstance(answered, Broken)
    assert "no such form" in answered.message


def test_the_metered_loader_holds_the_sandboxs_counter() -> None:
    made = answer(CompileRequest(HELLO, "hello.mojo", METERED_LOADER), load_prelude())

    assert isinstance(made, Emitted)
    (packed,) = re.findall(rb'atob\("([^"]*)"\)', made.content)
    assert OPERATIONS_EXPORT.encode() in base64.b64decode(packed)


def test_every_source_of_the_compiler_is_in_its_fingerprint() -> None:
    compiler = Path(__file__).parents[2] / "compiler"
    hashed = {name for name, _ in _sources(importlib.resources.files("meshnode.compiler"))}

    assert hashed == {
        str(path.relative_to(compiler))
        for path in compiler.rglob("*")
        if path.suffix in (".py", ".mojo")
    }
