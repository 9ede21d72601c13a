"""Running the front end in tests: a program's IR, or what is wrong with it."""

from functools import cache
from pathlib import Path

from meshnode.compiler import ir
from meshnode.compiler.check.sources import check_program
from meshnode.compiler.diagnostic import CompileError
from meshnode.compiler.ir_text import function_text
from meshnode.compiler.library import Prelude
from meshnode.compiler.parse.parser import parse_module
from meshnode.compiler.runtime import ROOTS

PRELUDE = Path(__file__).parents[2] / "compiler" / "prelude"
FILE = "test.mojo"


@cache
def prelude() -> Prelude:
    """Parse the prelude."""
    return Prelude(
        [
            parse_module(path.read_text(encoding="utf-8"), f"prelude/{path.name}")
            for path in sorted(PRELUDE.glob("*.mojo"))
        ]
    )


def check(source: str) -> ir.Module:
    """Parse and check a program."""
    return check_program(parse_module(source, FILE), prelude().names, ROOTS)


def function_of(source: str, name: str) -> str:
    """Give the IR text of one function of a program."""
    return function_text(check(source).functions[ir.FunctionId(name)])


def errors_of(source: str) -> str:
    """Give what is wrong with a program, as the user sees it; empty if nothing is."""
    try:
        check(source)
    except CompileError as error:
        return error.text({FILE: source})
    return ""


def messages_of(source: str) -> list[str]:
    """Give what is wrong as `line:column code: message`."""
    try:
        check(source)
    except CompileError as error:
        return [
            f"{d.span.line}:{d.span.column} {d.code.value}: {d.message}" for d in error.diagnostics
        ]
    return []
