"""Short ways to write IR by hand, for tests of the stages behind the checker."""

from collections.abc import Sequence

import wasmtime

from meshnode.compiler import ir
from meshnode.compiler.llvm.units import UnitTable, home_module

UNITS = UnitTable()
SPAN = ir.Span("test.mojo", 3, 5, 3, 9)
BYTES = ir.PointerType(ir.UINT8)
LIST = ir.StructType(ir.StructId("List[Int]"))
LIST_DEFINITION = ir.StructDefinition(
    LIST.struct,
    (
        ir.Field("data", ir.PointerType(ir.INT)),
        ir.Field("length", ir.INT),
        ir.Field("capacity", ir.INT),
    ),
    ir.INT,
    None,
    None,
)


def local(index: int, type_: ir.Type = ir.INT) -> ir.LocalPlace:
    return ir.LocalPlace(ir.LocalId(index), type_)


def load(index: int, type_: ir.Type = ir.INT) -> ir.Load:
    return ir.Load(local(index, type_), type_)


def number(value: int) -> ir.Const:
    return ir.Const(ir.INT, value)


def assign(index: int, value: ir.Expr) -> ir.Assign:
    return ir.Assign(local(index, value.type), value, SPAN)


def binary(op: ir.BinaryOp, left: ir.Expr, right: ir.Expr) -> ir.Binary:
    return ir.Binary(op, left, right, left.type, SPAN)


def scope(locals_: Sequence[int], *body: ir.Statement) -> ir.Scope:
    return ir.Scope(tuple(ir.LocalId(index) for index in locals_), body, SPAN)


def call(target: int | None, function: str, *arguments: ir.Argument) -> ir.Call:
    place = None if target is None else local(target)
    return ir.Call(place, ir.FunctionId(function), arguments, SPAN)


def print_text(text: bytes) -> ir.Perform:
    size = number(len(text))
    return ir.Perform(None, "host_print", (number(1), ir.StaticBytes(text), size), SPAN)


def function(
    name: str,
    locals_: Sequence[tuple[str, ir.Type]],
    *body: ir.Statement,
    parameters: Sequence[ir.Passing] = (),
    result: int | None = None,
    raises: bool = False,
    exported: str | None = None,
) -> ir.Function:
    """A function whose first locals are its parameters."""
    return ir.Function(
        ir.FunctionId(name),
        tuple(ir.Parameter(ir.LocalId(i), passing) for i, passing in enumerate(parameters)),
        None if result is None else ir.LocalId(result),
        ir.StructType(ir.StructId("Error")) if raises else None,
        tuple(ir.Local(local_name, type_, SPAN) for local_name, type_ in locals_),
        body,
        SPAN,
        exported,
    )


def computing(name: str, operands: Sequence[ir.Type], value: ir.Expr) -> ir.Function:
    """An exported function that returns one expression of its operands, the locals 0, 1, …"""
    locals_ = [(f"a{index}", type_) for index, type_ in enumerate(operands)]
    return function(
        name,
        [*locals_, ("result", value.type)],
        assign(len(operands), value),
        parameters=[ir.Passing.VALUE] * len(operands),
        result=len(operands),
        exported=name,
    )


BOUNDS_FAILED = function(
    "_bounds_failed",
    [
        ("index", ir.INT),
        ("length", ir.INT),
        ("file", BYTES),
        ("file_length", ir.INT),
        ("line", ir.INT),
        ("column", ir.INT),
    ],
    ir.Perform(None, "host_print", (number(2), load(2, BYTES), load(3)), SPAN),
    ir.Perform(None, "trap", (), SPAN),
    parameters=[ir.Passing.VALUE] * 6,
)


def module(*functions: ir.Function, structs: Sequence[ir.StructDefinition] = ()) -> ir.Module:
    """A module of these functions; `main` does nothing unless it is among them."""
    everything = {f.function: f for f in (BOUNDS_FAILED, *functions)}
    everything.setdefault(ir.FunctionId("main"), function("main", []))
    definitions = {struct.struct: struct for struct in (LIST_DEFINITION, *structs)}
    return ir.Module(definitions, everything, ir.FunctionId("main"))


def home_of(program: ir.Module) -> bytes:
    return home_module(program, UNITS)


class Instance:
    """A module without imports, ready to call."""

    def __init__(self, program: ir.Module) -> None:
        engine = wasmtime.Engine()
        self._store = wasmtime.Store(engine)
        compiled = wasmtime.Module(engine, home_of(program))
        self._exports = wasmtime.Instance(self._store, compiled, []).exports(self._store)

    def call(self, name: str, *arguments: float) -> float:
        called = self._exports[name]
        assert isinstance(called, wasmtime.Func)
        result = called(self._store, *arguments)
        assert isinstance(result, int | float), result
        return result
