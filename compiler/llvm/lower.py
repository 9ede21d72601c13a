"""Lowering of a whole typed IR module to LLVM IR text for wasm32."""

import re
from collections.abc import Iterator

from meshnode.compiler import ir
from meshnode.compiler.intrinsics import CELL_COUNT
from meshnode.compiler.layout import size_of
from meshnode.compiler.llvm.function import lower_function
from meshnode.compiler.llvm.runtime import WIDE_ARITHMETIC
from meshnode.compiler.llvm.text import metadata
from meshnode.compiler.llvm.writer import ModuleWriter
from meshnode.compiler.runtime import ERROR, UNHANDLED_ERROR

_ALIAS_TAG = re.compile(r", !tbaa !\d+")

_HEAD = f"""\
target triple = "wasm32-unknown-unknown"
@cells = hidden global [{CELL_COUNT} x i64] zeroinitializer, align 16
@__heap_base = external hidden global i8
"""


def lower_home(module: ir.Module) -> str:
    """Write a home module: `mesh_main` runs the program."""
    writer = ModuleWriter(module, is_slice=False)
    wrapper = "\n".join(_main_wrapper(writer, module))
    return _text(writer, wrapper)


def lower_slice(module: ir.Module) -> str:
    """Write a slice module: record functions, no imports, no `main`."""
    return _text(ModuleWriter(module, is_slice=True), "")


def _text(writer: ModuleWriter, extra: str) -> str:
    """Lower what is exported and all that it reaches."""
    for function in writer.functions.values():
        if function.exported:
            writer.callee(function.function)
    reached: list[ir.FunctionId] = []
    functions: list[str] = []
    for function in writer.reached():
        reached.append(function.function)
        functions.append(lower_function(writer, function))
    if any(map(_reinterprets, reached)):
        functions = [_ALIAS_TAG.sub("", text) for text in functions]
    parts = [_HEAD, *writer.globals_text(), WIDE_ARITHMETIC, *functions, extra, *metadata()]
    return "\n".join(parts) + "\n"


def _reinterprets(name: ir.FunctionId) -> bool:
    """Tell whether a function lets memory be read as another type: then types do not tell places apart."""
    return name.startswith("Pointer[") and "].bitcast[" in name


def _main_wrapper(writer: ModuleWriter, module: ir.Module) -> Iterator[str]:
    main = module.functions[module.main]
    yield 'define hidden void @mesh_main() nounwind "wasm-export-name"="mesh_main" {'
    if main.raises:
        size = size_of(ir.StructType(ERROR), module.structs)
        yield f"  %error = alloca [{size} x i8], align 8"
        writer.declare("declare void @llvm.memset.p0.i32(ptr, i8, i32, i1)")
        yield f"  call void @llvm.memset.p0.i32(ptr %error, i8 0, i32 {size}, i1 false)"
        yield f"  %failed = call i32 {writer.callee(module.main)}(ptr %error)"
        yield "  %has_failed = icmp ne i32 %failed, 0"
        yield "  br i1 %has_failed, label %unhandled, label %done"
        yield "unhandled:"
        yield f"  call void {writer.callee(UNHANDLED_ERROR)}(ptr %error)"
        yield "  br label %done"
        yield "done:"
    else:
        yield f"  call void {writer.callee(module.main)}()"
    yield "  ret void"
    yield "}"
