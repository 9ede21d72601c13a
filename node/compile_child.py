"""What the compile process does; `compile_process.py` starts it.

Reads requests on standard input and answers on standard output until the input ends. It is a
process of its own since LLVM aborts on what it cannot select, and since compiling would keep the
daemon from its other work. It may die at any time; `compile_service.py` starts it again.
"""

import gc
import os
import sys
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec

from meshnode.compiler.diagnostic import Code, CompileError
from meshnode.compiler.library import Prelude
from meshnode.compiler.llvm.optimise import warm_up
from meshnode.compiler.pipeline import Form, at_once, compile_program, count_lines, emit, find
from meshnode.node.compile_messages import (
    CHECK_ONLY,
    COUNTED,
    METERED_LOADER,
    Accepted,
    Broken,
    CompileAnswer,
    Compiled,
    CompileRequest,
    Emitted,
    Refused,
    frame,
    read_request,
)
from meshnode.node.forked import IS_POSSIBLE, forked
from meshnode.node.prelude_cache import PreludeCache, compiler_fingerprint, load_prelude
from meshnode.protocol.wasm_binary import PAGE_BYTES

RECURSION_MAX = 20_000
"""The checker recurses over expressions; their depth has its own limit with a diagnostic."""


_COLLECTED_OBJECTS = 50_000
"""New objects after which garbage is looked for; Python's 700 take a twentieth of a compilation's time."""


def main() -> None:
    """Serve requests until standard input ends."""
    sys.setrecursionlimit(RECURSION_MAX)
    # Whatever prints by itself must not fall between the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    cache = PreludeCache(Path(sys.argv[1]), compiler_fingerprint()) if len(sys.argv) > 1 else None
    prelude = load_prelude() if cache is None else cache.load()
    warm_up()
    # What is loaded stays, and most of what a compilation makes is freed without the collector.
    gc.freeze()
    gc.set_threshold(_COLLECTED_OBJECTS)
    gc.enable()
    while (request := read_request(sys.stdin.buffer)) is not None:
        answered = frame(answer(request, prelude))
        if cache is not None:
            cache.keep(prelude)
        answers.write(answered)
        answers.flush()


def answer(request: CompileRequest, prelude: Prelude) -> CompileAnswer:
    """Compile one request; never raises."""
    try:
        if request.form is None:
            aside = partial(_aside, prelude) if IS_POSSIBLE else at_once
            program = compile_program(request.source, request.file, prelude, request.options, aside)
            return Compiled(program)
        if request.form == CHECK_ONLY:
            return Accepted(find(request.source, request.file, prelude, request.options))
        if request.form == METERED_LOADER:
            from meshnode.compiler.javascript.loader import MEMORY_PAGES, loader_text
            from meshnode.sandbox.prepare import prepare_module
            from meshnode.sandbox.profile import home_profile

            home = emit(request.source, request.file, prelude, Form.WASM, request.options)
            profile = home_profile(MEMORY_PAGES * PAGE_BYTES)
            metered = prepare_module(home, profile, "home")
            return Emitted(loader_text(metered, request.file).encode())
        if request.form == COUNTED:
            counted = count_lines(request.source, request.file, prelude, request.options)
            return Emitted(msgspec.msgpack.encode(counted))
        form = Form(request.form)
        return Emitted(emit(request.source, request.file, prelude, form, request.options))
    except CompileError as err:
        if any(diagnostic.code is Code.INTERNAL for diagnostic in err.diagnostics):
            traceback.print_exc()
        return Refused(err.diagnostics)
    except Exception as err:  # noqa: BLE001 (the task's root: a bug of the compiler must reach its user as a message)
        traceback.print_exc()
        return Broken(f"{type(err).__name__}: {err}")


def _aside(prelude: Prelude, work: Callable[[], bytes]) -> Callable[[], bytes]:
    """Begin work in a copy of this process, which brings back what it compiled for other programs as well."""
    known = set(prelude.units.encoded)

    def work_there() -> bytes:
        result = work()
        new = {key: unit for key, unit in prelude.units.encoded.items() if key not in known}
        return msgspec.msgpack.encode((result, new))

    wait = forked(work_there)

    def wait_here() -> bytes:
        result, new = msgspec.msgpack.decode(wait(), type=tuple[bytes, dict[str, msgspec.Raw]])
        prelude.units.encoded.update(new)
        return result

    return wait_here
