"""The typed IR as readable text, for people and for tests; it cannot be read back yet.

def steps(n: Int value) -> Int %1 {
  scope(i: Int %2) {
    for i in range(0, n, 1) {
      result = result + i
"""

from collections.abc import Iterator
from typing import assert_never

from meshnode.compiler import ir

_INDENT = "  "


def module_text(module: ir.Module) -> str:
    """Print a whole module: structs, then functions, in the module's order."""
    parts = [struct_text(struct) for struct in module.structs.values()]
    parts += [function_text(function) for function in module.functions.values()]
    return "\n".join([*parts, f"main {module.main}", ""])


def struct_text(struct: ir.StructDefinition) -> str:
    """Print a struct's definition."""
    fields = ", ".join(f"{field.name}: {type_text(field.type)}" for field in struct.fields)
    extras = [
        f" {word} {value}"
        for word, value in (
            ("of", struct.element and type_text(struct.element)),
            ("drop", struct.drop),
            ("copy", struct.copy),
        )
        if value is not None
    ]
    return f"struct {struct.struct}({fields}){''.join(extras)}"


def function_text(function: ir.Function) -> str:
    """Print a function."""
    return _FunctionPrinter(function).text()


def type_text(type_: ir.Type) -> str:  # noqa: PLR0911 - one case a type
    """Print a type as Mojo spells it."""
    match type_:
        case ir.IntType(64, is_signed, is_fixed=False):
            return "Int" if is_signed else "UInt"
        case ir.IntType(bits, is_signed):
            return f"{'' if is_signed else 'U'}Int{bits}"
        case ir.FloatType(bits):
            return f"Float{bits}"
        case ir.BoolType():
            return "Bool"
        case ir.DTypeType():
            return "DType"
        case ir.VectorType(element, lanes):
            return f"SIMD[{type_text(element)}, {lanes}]"
        case ir.UnitType():
            return "None"
        case ir.PointerType(pointee):
            return f"Pointer[{type_text(pointee)}]"
        case ir.StructType(struct):
            return struct
        case _:
            assert_never(type_)


class _FunctionPrinter:
    """Names locals by their source names, with the id where a name is used twice."""

    def __init__(self, function: ir.Function) -> None:
        self._function = function
        names = [local.name for local in function.locals]
        self._names = [
            name if names.count(name) == 1 else f"{name}.{index}"
            for index, name in enumerate(names)
        ]

    def text(self) -> str:
        function = self._function
        parameters = ", ".join(
            f"{self._declaration(p.local)} {p.passing.value}" for p in function.parameters
        )
        head = f"def {function.function}({parameters})"
        if function.error is not None:
            is_plain = function.error.struct == "Error"
            head += " raises" if is_plain else f" raises {function.error.struct}"
        if function.result is not None:
            head += f" -> {self._declaration(function.result)}"
        if function.exported:
            head += f" export {function.exported}"
        return "\n".join([f"{head} {{", *self._block(function.body, _INDENT), "}"])

    def _declaration(self, local: ir.LocalId) -> str:
        return f"{self._names[local]}: {type_text(self._function.locals[local].type)}"

    def _block(self, block: ir.Block, indent: str) -> Iterator[str]:
        for statement in block:
            yield from self._statement(statement, indent)

    def _nested(self, head: str, block: ir.Block, indent: str) -> Iterator[str]:
        yield f"{indent}{head} {{"
        yield from self._block(block, indent + _INDENT)

    def _statement(self, statement: ir.Statement, indent: str) -> Iterator[str]:
        match statement:
            case ir.If(condition, then, otherwise):
                yield from self._nested(f"if {self.expression(condition)}", then, indent)
                yield from self._otherwise("else", otherwise, indent)
            case ir.ForRange(index, start, stop, step, body, otherwise):
                bounds = ", ".join(self.expression(bound) for bound in (start, stop, step))
                head = f"for {self._names[index]} in range({bounds})"
                yield from self._nested(head, body, indent)
                yield from self._otherwise("else", otherwise, indent)
            case ir.While(prepare, condition, body, otherwise):
                if prepare:
                    yield from self._nested("prepare", prepare, indent)
                    yield from self._nested(f"}} while {self.expression(condition)}", body, indent)
                else:
                    yield from self._nested(f"while {self.expression(condition)}", body, indent)
                yield from self._otherwise("else", otherwise, indent)
            case ir.Try(body, error, handler, otherwise):
                yield from self._nested("try", body, indent)
                yield from self._nested(f"}} except {self._names[error]}", handler, indent)
                yield from self._otherwise("else", otherwise, indent)
            case ir.Scope(locals_, body):
                names = ", ".join(self._declaration(local) for local in locals_)
                yield from self._nested(f"scope({names})", body, indent)
                yield f"{indent}}}"
            case _:
                yield indent + self._simple(statement)

    def _otherwise(self, word: str, block: ir.Block, indent: str) -> Iterator[str]:
        if block:
            yield from self._nested(f"}} {word}", block, indent)
        yield f"{indent}}}"

    def _simple(self, statement: ir.Statement) -> str:  # noqa: C901, PLR0911 (one return a variant)
        match statement:
            case ir.Assign(target, value):
                return f"{self.place(target)} = {self.expression(value)}"
            case ir.CopyBits(target, source):
                return f"{self.place(target)} = bits {self.place(source)}"
            case ir.Move(target, source):
                return f"{self.place(target)} = move {self.place(source)}"
            case ir.Drop(place):
                return f"drop {self.place(place)}"
            case ir.Call(target, function, arguments):
                passed = ", ".join(self._argument(argument) for argument in arguments)
                return f"{self._assigned(target)}{function}({passed})"
            case ir.Perform(target, name, arguments):
                values = ", ".join(self.expression(argument) for argument in arguments)
                return f"{self._assigned(target)}perform {name}({values})"
            case ir.Break():
                return "break"
            case ir.Continue():
                return "continue"
            case ir.Return():
                return "return"
            case ir.Raise(error):
                return f"raise {self.place(error)}"
            case _:
                raise AssertionError(f"not a simple statement: {statement}")

    def _assigned(self, target: ir.Place | None) -> str:
        return "" if target is None else f"{self.place(target)} = "

    def _argument(self, argument: ir.Argument) -> str:
        match argument:
            case ir.ByValue(value):
                return self.expression(value)
            case ir.ByReference(place):
                return f"&{self.place(place)}"
            case _:
                assert_never(argument)

    def place(self, place: ir.Place) -> str:
        match place:
            case ir.LocalPlace(local):
                return self._names[local]
            case ir.FieldPlace(base, name):
                return f"{self.place(base)}.{name}"
            case ir.ElementPlace(base, index):
                return f"{self.place(base)}[{self.expression(index)}]"
            case ir.PointeePlace(pointer):
                return f"*({self.expression(pointer)})"
            case _:
                assert_never(place)

    def expression(self, expr: ir.Expr) -> str:  # noqa: C901, PLR0911 (one return a variant)
        match expr:
            case ir.Const(type_, value):
                plain = type_ in (ir.INT, ir.FLOAT64, ir.BOOL)
                return str(value) if plain else f"{type_text(type_)}({value})"
            case ir.StaticBytes(data):
                return repr(data)
            case ir.Load(place):
                return self.place(place)
            case ir.Binary(op, left, right):
                return f"({self.expression(left)} {op.value} {self.expression(right)})"
            case ir.Compare(op, left, right):
                return f"({self.expression(left)} {op.value} {self.expression(right)})"
            case ir.Unary(op, operand):
                return f"{op.value}({self.expression(operand)})"
            case ir.Convert(operand, type_):
                return f"{type_text(type_)}({self.expression(operand)})"
            case ir.Select(condition, then, otherwise):
                values = (condition, then, otherwise)
                return f"select({', '.join(self.expression(value) for value in values)})"
            case ir.AddressOf(place):
                return f"address({self.place(place)})"
            case ir.Pure(name, arguments):
                return f"{name}({', '.join(self.expression(value) for value in arguments)})"
            case _:
                assert_never(expr)
