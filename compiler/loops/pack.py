"""Put values on a tape and take them off: generated functions for each type, over the prelude's `tape.mojo`.

Bool and integers are variable-length numbers, floats their bits, lists their length and elements (as raw memory if
these are scalars), structs their fields in order.
"""

from collections.abc import Mapping

import msgspec

from meshnode.compiler import ir
from meshnode.compiler.loops.build import (
    GENERATED,
    TAPE,
    Locals,
    assign,
    binary,
    call,
    count_up,
    element,
    load,
    scope,
    size_of,
)

_DEPTH_MAX = 32
"""Nesting of structs and lists that is packed; recursive types do not exist without pointers."""

_BITS_32 = ir.IntType(32, is_signed=False)


def is_packable(type_: ir.Type, module: ir.Module, depth: int = 0) -> bool:
    """Tell whether values of a type are plain data: numbers, Bool, strings, lists and structs of such."""
    if isinstance(type_, ir.IntType | ir.FloatType | ir.BoolType):
        return True
    if not isinstance(type_, ir.StructType) or depth > _DEPTH_MAX:
        return False
    definition = module.structs[type_.struct]
    if definition.element is not None:
        return is_packable(definition.element, module, depth + 1)
    fields = definition.fields
    return bool(fields) and all(is_packable(f.type, module, depth + 1) for f in fields)


def is_scalar(type_: ir.Type) -> bool:
    """Tell whether a type is a number or Bool."""
    return isinstance(type_, ir.IntType | ir.FloatType | ir.BoolType)


def type_name(type_: ir.Type) -> str:  # noqa: PLR0911 - one case a type
    """Name a type as the source does."""
    match type_:
        case ir.IntType(64, is_signed=signed, is_fixed=False):
            return "Int" if signed else "UInt"
        case ir.IntType():
            return f"{'Int' if type_.is_signed else 'UInt'}{type_.bits}"
        case ir.FloatType():
            return f"Float{type_.bits}"
        case ir.BoolType():
            return "Bool"
        case ir.DTypeType():
            return "DType"
        case ir.VectorType():
            return f"SIMD[{type_name(type_.element)}, {type_.lanes}]"
        case ir.StructType():
            return type_.struct
        case ir.PointerType():
            return f"__Pointer[{type_name(type_.pointee)}]"
        case ir.UnitType():
            return "None"


class Packer(msgspec.Struct):
    """Makes the push and pop functions that a program needs, each once."""

    structs: Mapping[ir.StructId, ir.StructDefinition]
    functions: dict[ir.FunctionId, ir.Function] = msgspec.field(default_factory=dict)

    def push(self, place: ir.Place) -> ir.Statement:
        """Make the statement that puts the value in a place on the tape."""
        type_ = place.type
        if isinstance(type_, ir.StructType):
            name = self._push_function(type_)
            return ir.Call(None, name, (ir.ByReference(place),), GENERATED)
        value = load(place)
        if isinstance(type_, ir.FloatType):
            if type_ == ir.FLOAT64:
                return call("_push_word", ir.Pure("bitcast", (value,), ir.UINT))
            bits = ir.Pure("bitcast", (value,), _BITS_32)
            return call("_push_half", ir.Convert(bits, ir.UINT))
        return call("_push_int", value if type_ == ir.INT else ir.Convert(value, ir.INT))

    def pop(self, place: ir.Place, tape: ir.LocalPlace, table: Locals) -> ir.Block:
        """Make the statements that take a value off the tape into a place that holds nothing."""
        type_ = place.type
        if isinstance(type_, ir.StructType):
            return (call(self._pop_function(type_), tape, target=place),)
        if isinstance(type_, ir.FloatType):
            name = "_pop_word" if type_ == ir.FLOAT64 else "_pop_half"
            word = table.add("$word", ir.UINT)
            bits = load(word) if type_ == ir.FLOAT64 else ir.Convert(load(word), _BITS_32)
            value: ir.Expr = ir.Pure("bitcast", (bits,), type_)
            return (call(name, tape, target=word), assign(place, value))
        if type_ == ir.INT:
            return (call("_pop_int", tape, target=place),)
        number = table.add("$number", ir.INT)
        if type_ == ir.BOOL:
            value = ir.Compare(ir.CompareOp.NE, load(number), ir.Const(ir.INT, 0))
        else:
            value = ir.Convert(load(number), type_)
        return (call("_pop_int", tape, target=number), assign(place, value))

    def _push_function(self, type_: ir.StructType) -> ir.FunctionId:
        name = ir.FunctionId(f"$push {type_.struct}")
        if name in self.functions:
            return name
        table = Locals()
        value = table.add("value", type_)
        parameter = ir.Parameter(value.local, ir.Passing.READ)
        definition = self.structs[type_.struct]
        if definition.element is None:
            body = tuple(self.push(ir.FieldPlace(value, f.name, f.type)) for f in definition.fields)
        else:
            body = self._push_list(value, definition.element, table)
        self.functions[name] = ir.Function(
            function=name,
            parameters=(parameter,),
            result=None,
            error=None,
            locals=tuple(table.table),
            body=body,
            span=GENERATED,
        )
        return name

    def _push_list(self, value: ir.LocalPlace, item: ir.Type, table: Locals) -> ir.Block:
        pointer = load(ir.FieldPlace(value, "data", ir.PointerType(item)))
        length = load(ir.FieldPlace(value, "length", ir.INT))
        start = call("_push_int", length)
        if is_scalar(item):
            count = binary(ir.BinaryOp.MUL, length, size_of(item))
            return (start, call("_push_bytes", ir.Convert(pointer, ir.UINT), count))
        index = table.add("$index", ir.INT)
        push = self.push(element(pointer, load(index), item))
        return (start, count_up(index, ir.Const(ir.INT, 0), length, (push,)))

    def _pop_function(self, type_: ir.StructType) -> ir.FunctionId:
        name = ir.FunctionId(f"$pop {type_.struct}")
        if name in self.functions:
            return name
        table = Locals()
        tape = table.add("tape", TAPE)
        result = table.add("result", type_)
        parameter = ir.Parameter(tape.local, ir.Passing.MUTATE)
        definition = self.structs[type_.struct]
        if definition.element is None:
            places = [ir.FieldPlace(result, f.name, f.type) for f in definition.fields]
            body = tuple(s for place in places for s in self.pop(place, tape, table))
        else:
            body = self._pop_list(result, definition.element, tape, table)
        self.functions[name] = ir.Function(
            function=name,
            parameters=(parameter,),
            result=result.local,
            error=None,
            locals=tuple(table.table),
            body=body,
            span=GENERATED,
        )
        return name

    def _pop_list(
        self, result: ir.LocalPlace, item: ir.Type, tape: ir.LocalPlace, table: Locals
    ) -> ir.Block:
        count = table.add("$count", ir.INT)
        address = table.add("$address", ir.UINT)
        pointer_type = ir.PointerType(item)
        data = ir.FieldPlace(result, "data", pointer_type)
        size = binary(ir.BinaryOp.MUL, load(count), size_of(item))
        head: ir.Block = (
            call("_pop_count", tape, target=count),
            call("_allocate", size, target=address),
            assign(data, ir.Convert(load(address), pointer_type)),
            assign(ir.FieldPlace(result, "length", ir.INT), load(count)),
            assign(ir.FieldPlace(result, "capacity", ir.INT), load(count)),
        )
        if is_scalar(item):
            return (*head, call("_pop_bytes", tape, load(address), size))
        index = table.add("$index", ir.INT)
        pops = self.pop(element(load(data), load(index), item), tape, table)
        return (*head, count_up(index, ir.Const(ir.INT, 0), load(count), (scope((), pops),)))
