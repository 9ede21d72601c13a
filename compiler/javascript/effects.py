"""Intrinsics with an effect in JavaScript: raw memory, the host, traps."""

from typing import TYPE_CHECKING

from meshnode.compiler import ir
from meshnode.compiler.javascript.code import Code, call, refuse

if TYPE_CHECKING:
    from meshnode.compiler.javascript.function import FunctionWriter


def perform(writer: "FunctionWriter", statement: ir.Perform) -> bool:
    """Write one effect; tell whether what follows it is reached."""
    arguments = [_size(writer, argument) for argument in statement.arguments]
    match statement.name:
        case "memory_copy":
            writer.emit(call("copyBytes", *arguments).text + ";")
        case "memory_fill":
            writer.emit(call("fill", *arguments).text + ";")
        case "host_print":
            writer.emit(call("print", *arguments).text + ";")
        case "host_exit":
            writer.emit(call("exit", f"{arguments[0].inside(7)} | 0").text + ";")
            return False
        case "trap":
            writer.emit("trap();")
            return False
        case "host_args":
            _deliver(writer, statement, Code("give(packedArguments())", is_big=True))
        case "host_time":
            time = Code("BigInt(Math.round(performance.now() * 1e6))", is_big=True)
            _deliver(writer, statement, time)
        case _:
            raise refuse(f"the intrinsic '{statement.name}'", statement.span)
    return True


def _size(writer: "FunctionWriter", argument: ir.Expr) -> Code:
    """Write an argument; 64-bit integers become numbers of 32 bits, as in WebAssembly."""
    code = writer.expression(argument)
    return call("size32", code) if code.is_big else code


def _deliver(writer: "FunctionWriter", statement: ir.Perform, value: Code) -> None:
    if statement.target is not None:
        writer.emit(writer.stored(statement.target, value))
