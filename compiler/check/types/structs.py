"""Struct instances: what they are made of, who owns what, and the functions that the compiler makes for them."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from meshnode.compiler import ir, layout
from meshnode.compiler.check import lifetimes
from meshnode.compiler.check.body import Body
from meshnode.compiler.check.comptime.values import Aggregate
from meshnode.compiler.check.types import dtype_names
from meshnode.compiler.check.types import types as check_types
from meshnode.compiler.check.types.types import StructInstance
from meshnode.compiler.check.values import (
    Env,
    is_scalar,
    type_name,
)
from meshnode.compiler.diagnostic import Code
from meshnode.compiler.names.symbols import (
    FunctionSymbol,
    StructSymbol,
)
from meshnode.compiler.parse import tree

if TYPE_CHECKING:
    from meshnode.compiler.check.program import Checker


class StructTable:
    """All struct instances of a compilation."""

    def __init__(self, checker: "Checker") -> None:
        self._checker = checker
        self.instances: dict[ir.StructId, StructInstance] = {}
        self._fieldwise: dict[StructSymbol, FunctionSymbol] = {}

    def struct_of(self, type_: ir.Type) -> StructInstance:
        """Give the instance behind a struct type."""
        assert isinstance(type_, ir.StructType)
        return self.instances[type_.struct]

    def fields_of(self, type_: ir.Type | None) -> tuple[ir.Field, ...]:
        """Give a struct's fields; none for other types."""
        return self.instances[type_.struct].fields if isinstance(type_, ir.StructType) else ()

    def methods_of(self, type_: ir.Type) -> Mapping[str, Sequence[FunctionSymbol]]:
        """Give a type's methods: those of numbers and vectors stand in the prelude's `struct SIMD`."""
        if not isinstance(type_, ir.StructType):
            name = "DType" if type_ == ir.DTYPE else "SIMD"
            if name == "SIMD" and dtype_names.dtype_of(type_) is None:
                return {}
            library = self._checker.symbols.prelude.get(name)
            return library.methods if isinstance(library, StructSymbol) else {}
        symbol = self.instances[type_.struct].symbol
        return symbol.methods if symbol is not None else {}

    def is_tuple(self, type_: ir.Type) -> bool:
        """Tell whether a type is a tuple."""
        return isinstance(type_, ir.StructType) and self.instances[type_.struct].symbol is None

    def is_list(self, type_: ir.Type) -> bool:
        """Tell whether a type is a `List`."""
        return self.element_of(type_) is not None

    def element_of(self, type_: ir.Type) -> ir.Type | None:
        """Give a `List`'s element type; None for other types."""
        return self.instances[type_.struct].element if isinstance(type_, ir.StructType) else None

    def tuple_type(self, types: Sequence[ir.Type]) -> ir.StructType:
        """Give the tuple of these types."""
        struct = ir.StructId(f"Tuple[{', '.join(type_name(type_) for type_ in types)}]")
        if struct not in self.instances:
            fields = tuple(ir.Field(str(index), type_) for index, type_ in enumerate(types))
            self.instances[struct] = StructInstance(
                struct, None, {}, None, fields, is_complete=True
            )
        return ir.StructType(struct)

    def string_type(self, env: Env, extent: tree.Extent) -> ir.StructType:
        """Give `String`."""
        return self.prelude_struct("String", env, extent)

    def string_type_or_none(self) -> ir.StructType | None:
        """Give `String` if anything has used it yet."""
        struct = ir.StructId("String")
        return ir.StructType(struct) if struct in self.instances else None

    def error_type(self, env: Env, extent: tree.Extent) -> ir.StructType:
        """Give `Error`."""
        return self.prelude_struct("Error", env, extent)

    def list_type(self, env: Env, element: ir.Type, extent: tree.Extent) -> ir.StructType:
        """Give `List[element]`."""
        symbol = self._checker.symbols.prelude.get("List")
        assert isinstance(symbol, StructSymbol), "the prelude lacks 'List'"
        return check_types.struct_instance(self._checker, env, symbol, {"T": element}, extent)

    def prelude_struct(self, name: str, env: Env, extent: tree.Extent) -> ir.StructType:
        """Give a struct of the prelude that has no parameters."""
        symbol = self._checker.symbols.prelude.get(name)
        if not isinstance(symbol, StructSymbol):
            env.unsupported(f"what needs the prelude's '{name}'", extent)
        return check_types.struct_instance(self._checker, env, symbol, {}, extent)

    def is_owned(self, type_: ir.Type) -> bool:
        """Tell whether values of the type must be dropped; makes the drop function when they must."""
        if not isinstance(type_, ir.StructType):
            return False
        instance = self.instances[type_.struct]
        if instance.is_owned is None:
            instance.is_owned = False
            has_destructor = instance.symbol is not None and "__deinit__" in instance.symbol.methods
            has_owned = any([self.is_owned(field.type) for field in instance.fields])  # noqa: C419 - each makes its function
            has_storage = any(self.is_storage(field.type) for field in instance.fields)
            instance.is_owned = has_owned or (has_destructor and not has_storage)
            if instance.is_owned:
                lifetimes.make_drop(self._checker, instance)
        return instance.is_owned

    def is_storage(self, type_: ir.Type) -> bool:
        """Tell whether a type is the prelude's `_Storage`, which may be empty: its owner destroys what it holds."""
        symbol = self.instances[type_.struct].symbol if isinstance(type_, ir.StructType) else None
        return symbol is not None and symbol is self._checker.symbols.prelude.get("_Storage")

    def contains(self, type_: ir.Type, struct: ir.StructId) -> bool:
        """Tell whether values of a type have a struct's values in them, not behind pointers."""
        seen: set[ir.StructId] = set()
        waiting = [type_]
        while waiting:
            found = waiting.pop()
            if not isinstance(found, ir.StructType) or found.struct in seen:
                continue
            if found.struct == struct:
                return True
            seen.add(found.struct)
            waiting += [field.type for field in self.instances[found.struct].fields]
        return False

    def part_count(self, type_: ir.Type) -> int:
        """Count the parts of a value that are no structs with fields."""
        known: dict[ir.Type, int] = {}

        def count(part: ir.Type) -> int:
            if part not in known:
                fields = self.fields_of(part)
                known[part] = sum(count(field.type) for field in fields) if fields else 1
            return known[part]

        return count(type_)

    def copies_implicitly(self, type_: ir.Type) -> bool:
        """Tell whether a value may be copied without saying so."""
        if not isinstance(type_, ir.StructType):
            return True
        instance = self.instances[type_.struct]
        if instance.symbol is None:
            return all(self.copies_implicitly(field.type) for field in instance.fields)
        types = [
            value
            for value in instance.parameters.values()
            if not isinstance(value, ir.Const | Aggregate)
        ]
        is_by_address = "__place__" in instance.symbol.methods
        return instance.has_trait("ImplicitlyCopyable") and (
            not instance.symbol.module.is_prelude
            or is_by_address
            or all(map(self.copies_implicitly, types))
        )

    def require_copyable(self, type_: ir.Type, env: Env, extent: tree.Extent) -> None:
        """Refuse `.copy()` of what is not Copyable."""
        if isinstance(type_, ir.StructType):
            instance = self.instances[type_.struct]
            if instance.symbol is None:
                for field in instance.fields:
                    self.require_copyable(field.type, env, extent)
            elif not (instance.has_trait("Copyable") or instance.has_trait("ImplicitlyCopyable")):
                env.fail(
                    Code.OWNERSHIP,
                    f"'{type_name(type_)}' does not conform to 'Copyable'",
                    extent,
                    suggestion="add 'Copyable' to the struct's traits",
                )

    def size_of(self, type_: ir.Type) -> int:
        """Give the size of an element of the type in bytes."""
        return layout.size_of(type_, self._definitions())

    def alignment_of(self, type_: ir.Type) -> int:
        """Give what addresses of the type are multiples of."""
        return layout.alignment_of(type_, self._definitions())

    def _definitions(self) -> dict[ir.StructId, ir.StructDefinition]:
        return {
            instance.struct: ir.StructDefinition(
                instance.struct, instance.stored_fields, None, None, None
            )
            for instance in self.instances.values()
        }

    def copy_function(self, type_: ir.Type, env: Env, extent: tree.Extent) -> ir.FunctionId:
        """Give the function that copies an owned struct."""
        instance = self.struct_of(type_)
        if instance.copy is None:
            constructor = self._copy_constructor(instance)
            if constructor is not None:
                signature = self._checker.signatures.find(constructor, instance.type, ())
                instance.copy = signature.function
                self._checker.request(constructor, signature, env.span(extent))
            else:
                self._make_copy(instance, env, extent)
        assert instance.copy is not None
        return instance.copy

    def _copy_constructor(self, instance: StructInstance) -> FunctionSymbol | None:
        if instance.symbol is None:
            return None
        for symbol in instance.symbol.methods.get("__init__", ()):
            names = [p.name for p in symbol.node.parameters if p.kind == "normal"]
            if names == ["self", "copy"]:
                return symbol
        return None

    def _make_copy(self, instance: StructInstance, env: Env, extent: tree.Extent) -> None:
        """Make the function that copies field by field."""
        body = Body(self._checker, Env(env.module, {}, instance.type))
        source = ir.LocalPlace(body.new_local("copy", instance.type, extent), instance.type)
        target = ir.LocalPlace(body.new_local("self", instance.type, extent), instance.type)
        instance.copy = self._checker.signatures.unique_name(f"{instance.struct}.$copy")
        span = env.span(extent)
        for field in instance.fields:
            place = ir.FieldPlace(source, field.name, field.type)
            member = ir.FieldPlace(target, field.name, field.type)
            if is_scalar(field.type):
                body.emit(ir.Assign(member, ir.Load(place, field.type), span))
            elif self.is_owned(field.type):
                function = self.copy_function(field.type, env, extent)
                body.emit(ir.Call(member, function, (ir.ByReference(place),), span))
            else:
                body.emit(ir.CopyBits(member, place, span))
        if instance.has_own_destructor:
            lifetimes.mark(body, target, span, is_alive=True)
        body.result = target.local
        self._checker.add(body, instance.copy, (ir.Parameter(source.local, ir.Passing.READ),), span)

    def constructors_of(self, type_: ir.StructType) -> Sequence[FunctionSymbol]:
        """Give a struct's constructors, the fieldwise one included."""
        symbol = self.instances[type_.struct].symbol
        return self.constructors_of_symbol(symbol) if symbol is not None else ()

    def constructors_of_symbol(self, symbol: StructSymbol) -> Sequence[FunctionSymbol]:
        """Give a struct's constructors, whatever its parameters are."""
        written = symbol.methods.get("__init__", [])
        decorator = next(filter(check_types.is_fieldwise, symbol.node.decorators), None)
        if decorator is None:
            return written
        if symbol not in self._fieldwise:
            decorators: tuple[tree.Expression, ...] = ()
            if isinstance(decorator, tree.Call):
                decorators = (tree.Name(decorator.span, "implicit"),)
            self._fieldwise[symbol] = _fieldwise_constructor(symbol, len(written) + 1, decorators)
        return [*written, self._fieldwise[symbol]]


def _fieldwise_constructor(
    symbol: StructSymbol, overload_count: int, decorators: tuple[tree.Expression, ...]
) -> FunctionSymbol:
    """Write the constructor that `@fieldwise_init` asks for."""
    node = symbol.node
    self_name = tree.Name(node.span, "self")
    parameters = [tree.FunctionParameter(node.span, "self", "out", None, None, "normal")]
    statements: list[tree.Statement] = []
    for field in node.fields:
        parameters.append(
            tree.FunctionParameter(field.span, field.name, "var", field.annotation, None, "normal")
        )
        value = tree.Transfer(field.span, tree.Name(field.span, field.name))
        target = tree.Attribute(field.span, self_name, field.name)
        statements.append(tree.Assign(field.span, target, value))
    function = tree.Function(
        node.span,
        tree.Name(node.name.span, "__init__"),
        (),
        tuple(parameters),
        raises=False,
        result=None,
        body=tuple(statements),
        decorators=decorators,
    )
    return FunctionSymbol(symbol.module, function, symbol, overload_count)
