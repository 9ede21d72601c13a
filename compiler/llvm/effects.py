"""Lowering of `ir.Perform`: raw memory, host calls (which trap in a slice module), traps."""

from typing import TYPE_CHECKING, Final

from meshnode.compiler import ir
from meshnode.compiler.llvm.text import value_type

if TYPE_CHECKING:
    from meshnode.compiler.llvm.function import FunctionWriter

# Name: the import's name, its result, its parameters, in WebAssembly's types.
_HOST_CALLS: Final = {
    "host_print": ("print", "void", ("i32", "ptr", "i32")),
    "host_exit": ("exit", "void", ("i32",)),
    "host_args": ("args", "i64", ()),
    "host_time": ("time", "i64", ()),
    "host_distribute": ("distribute", "i32", ("i32", "i64", "ptr", "i32")),
    "host_next": ("next", "i64", ("i32",)),
    "host_close": ("close", "void", ("i32",)),
}
HOST_IMPORTS: Final = frozenset(name for name, _, _ in _HOST_CALLS.values())
"""The names that a home module may import from `mesh`."""


def perform(writer: "FunctionWriter", statement: ir.Perform) -> None:
    """Write one effect."""
    name = statement.name
    is_host_call = name in _HOST_CALLS
    if name == "trap" or (is_host_call and writer.module.is_slice_text()):
        writer.trap()
        return
    values = [writer.expression(argument) for argument in statement.arguments]
    match name:
        case "memory_copy":
            size = writer.value(f"trunc i64 {values[2]} to i32")
            copy = writer.module.helper("copy_bytes")
            writer.emit(f"call void {copy}(ptr {values[0]}, ptr {values[1]}, i32 {size})")
        case "memory_fill":
            byte = writer.value(f"trunc i64 {values[1]} to i8")
            size = writer.value(f"trunc i64 {values[2]} to i32")
            writer.module.declare("declare void @llvm.memset.p0.i32(ptr, i8, i32, i1)")
            writer.emit(
                f"call void @llvm.memset.p0.i32(ptr {values[0]}, i8 {byte}, i32 {size}, i1 false)"
            )
        case _:
            _call_host(writer, statement, values)


def _call_host(writer: "FunctionWriter", statement: ir.Perform, values: list[str]) -> None:
    import_name, result, parameters = _HOST_CALLS[statement.name]
    symbol = f"@mesh.{import_name}"
    writer.module.declare(
        f"declare {result} {symbol}({', '.join(parameters)}) nounwind "
        f'"wasm-import-module"="mesh" "wasm-import-name"="{import_name}"'
    )
    arguments = []
    for value, argument, wanted in zip(values, statement.arguments, parameters, strict=True):
        given = value_type(argument.type)
        converted = value if given == wanted else writer.value(f"trunc {given} {value} to {wanted}")
        arguments.append(f"{wanted} {converted}")
    call = f"call {result} {symbol}({', '.join(arguments)})"
    if result == "void":
        writer.emit(call)
    else:
        returned = writer.value(call)
        if result == "i32":
            returned = writer.value(f"sext i32 {returned} to i64")
        if statement.target is not None:
            writer.store_place(statement.target, returned)
    if statement.name == "host_exit":
        writer.trap()
