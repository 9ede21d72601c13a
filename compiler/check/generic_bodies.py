"""What generic code asks of its parameters' values without saying so: refused where it stands, as in the language.

Everything else about generic code is checked in its instances, which know more than the bounds say. Here are only the
plain cases, told from the tree: an argument `x: T` (an element of `xs: List[T]`, a field of `self`) that is copied
silently, printed, compared, added, or asked for a method. Code that looks at its types itself, and bounds that are not
known here, are left alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from meshnode.compiler.check.comparisons import COMPARE_DUNDERS
from meshnode.compiler.check.types import parameters
from meshnode.compiler.check.values import Env
from meshnode.compiler.diagnostic import Code, Diagnostic, Severity
from meshnode.compiler.names.symbols import FunctionSymbol, ModuleSymbols, OverloadSet, StructSymbol
from meshnode.compiler.names.traits import Conformance, with_inherited
from meshnode.compiler.parse import tree
from meshnode.compiler.parse.modernise import UNTYPED
from meshnode.compiler.parse.tree_walk import nodes_in

if TYPE_CHECKING:
    from meshnode.compiler.check.program import Checker

_KNOWN = frozenset(
    [
        "AnyType",
        "Comparable",
        "Copyable",
        "Defaultable",
        "Deinitable",
        "Equatable",
        "Hashable",
        "ImplicitlyCopyable",
        "ImplicitlyDestructible",
        "KeyElement",
        "Movable",
        "Sized",
        "Writable",
    ]
)
"""Library traits of which it is known here what they bring."""

_LOOKING = frozenset(["conforms_to", "trait_downcast", "downcast", "rebind", "rebind_var"])
"""Functions by which generic code looks at its types."""

_BROUGHT: Mapping[str, frozenset[str]] = {
    "Equatable": frozenset(["__eq__", "__ne__"]),
    "Comparable": frozenset(["__lt__", "__le__", "__gt__", "__ge__"]),
}
_OPERATORS: Mapping[str, str] = {
    **COMPARE_DUNDERS,
    "+": "__add__",
    "-": "__sub__",
    "*": "__mul__",
    "//": "__floordiv__",
    "%": "__mod__",
}


class _Open(msgspec.Struct, frozen=True):
    """A type parameter with all that its bound says."""

    name: str
    traits: Mapping[str, Conformance]

    def has_method(self, name: str) -> bool:
        """Tell whether a trait of the bound brings a method, or a name of compile time."""
        for conformance in self.traits.values():
            trait = conformance.trait
            if trait is None:
                if name in _BROUGHT.get(conformance.name, ()):
                    return True
                continue
            names = [method.name.name for method in trait.node.methods]
            names += [constant.name.name for constant in trait.node.constants]
            if name in names:
                return True
        return False


def errors(checker: "Checker") -> list[Diagnostic]:
    """Check the generic functions and methods of the program's file, whether anything needs them or not."""
    program = checker.symbols.program
    found: list[Diagnostic] = []
    for symbol in program.names.values():
        functions: Sequence[FunctionSymbol] = ()
        if isinstance(symbol, OverloadSet):
            functions = symbol.functions
        elif isinstance(symbol, StructSymbol) and symbol.module is program:
            functions = [method for methods in symbol.methods.values() for method in methods]
        for function in functions:
            if function.module is program:
                found += _check(checker, function)
    for diagnostic in found:
        if diagnostic.severity is Severity.WARNING:
            checker.warn(diagnostic)
    return [diagnostic for diagnostic in found if diagnostic.severity is Severity.ERROR]


def _check(checker: "Checker", symbol: FunctionSymbol) -> Iterator[Diagnostic]:
    """Find what a generic function of the program does without leave."""
    node, struct = symbol.node, symbol.struct
    env = Env(symbol.module, {}, None)
    opened = dict(_opened(env, node.type_parameters))
    own: dict[str, _Open] = {}
    if struct is not None and struct.node.where is None:
        own = dict(_opened(env, struct.node.type_parameters))
    if node.where is not None or not (opened or own):
        return
    words = {name.name for name in nodes_in((node.body, node.parameters), tree.Name)}
    if not words & _LOOKING:
        yield from _Body(checker, symbol, opened, own).run()


def _opened(env: Env, declared: Sequence[tree.TypeParameter]) -> Iterator[tuple[str, _Open]]:
    for parameter in declared:
        bound = parameter.bound
        if parameter.kind == "star" or bound is None or parameter.name.startswith(UNTYPED):
            continue
        if not parameters.is_type_parameter(env, parameter) or _is_other(bound):
            continue
        found = with_inherited(env.module, [bound])
        is_known = all(
            c.condition is None and (c.trait is not None or c.name in _KNOWN)
            for c in found.values()
        )
        if is_known:
            yield parameter.name, _Open(parameter.name, found)


def _is_other(bound: tree.Expression) -> bool:
    """Tell whether a bound is more than traits by their names."""
    return any(not isinstance(n, tree.Name | tree.Binary) for n in nodes_in(bound, tree.Node))


class _Body:
    """One function, whose arguments of open types are known by their names."""

    def __init__(
        self,
        checker: "Checker",
        symbol: FunctionSymbol,
        opened: Mapping[str, _Open],
        own: Mapping[str, _Open],
    ) -> None:
        self._is_strict = checker.is_strict
        self._module: ModuleSymbols = symbol.module
        self._node = symbol.node
        self._opened = opened
        self._own = own
        self._annotations = {
            p.name: p.annotation
            for p in symbol.node.parameters
            if p.annotation is not None
            and p.kind == "normal"
            and p.convention in (None, "imm", "mut", "ref", "var")
        }
        hidden = {name.name for name in _bound_names(symbol.node.body)}
        for name in hidden:
            self._annotations.pop(name, None)
        self._fields: Mapping[str, tree.Expression] = {}
        if symbol.struct is not None and "self" not in hidden:
            self._fields = {field.name: field.annotation for field in symbol.struct.node.fields}

    def run(self) -> Iterator[Diagnostic]:
        """Find what is wrong."""
        is_reference = isinstance(self._node.result, tree.ReferenceType)
        for item in _plain_nodes(self._node.body):
            match item:
                case tree.Return(value=value) if value is not None and not is_reference:
                    yield from self._copied(value)
                case tree.Declare(value=value, names=(tree.Name(),)) if value is not None:
                    yield from self._copied(value)
                case tree.Comparison(operands=(left, *_), ops=(op,)):
                    yield from self._operator(left, op)
                case tree.Binary(left=left, op=op):
                    yield from self._operator(left, op)
                case tree.Call(callee=tree.Name(name="print"), arguments=arguments):
                    for argument in arguments:
                        yield from self._printed(argument)
                case tree.Call(callee=tree.Attribute(base=base, name=name)):
                    yield from self._method(base, name, item.callee.span)
                case _:
                    pass

    def _open(self, node: tree.Expression) -> _Open | None:
        """Give the type parameter whose value an expression is; None for all others."""
        annotation = self._annotation(node)
        match annotation:
            case tree.Name(name=name):
                return self._opened.get(name)
            case tree.Attribute(base=tree.Name(name="Self"), name=name):
                return self._own.get(name)
            case _:
                return None

    def _annotation(self, node: tree.Expression) -> tree.Expression | None:
        match node:
            case tree.Name(name=name):
                return self._annotations.get(name)
            case tree.Attribute(base=tree.Name(name="self"), name=name):
                return self._fields.get(name)
            case tree.Subscript(base=base, arguments=(tree.Argument(name=None, value=index),)):
                if isinstance(index, tree.Slice):
                    return None
                match self._annotation(base):
                    case tree.Subscript(base=tree.Name(name="List"), arguments=(element,)):
                        return element.value
                    case _:
                        return None
            case _:
                return None

    def _copied(self, value: tree.Expression) -> Iterator[Diagnostic]:
        found = self._open(value)
        if found is not None and "ImplicitlyCopyable" not in found.traits:
            message = (
                f"value of type '{found.name}' cannot be implicitly copied, "
                "it does not conform to 'ImplicitlyCopyable'"
            )
            severity = Severity.ERROR if self._is_strict else Severity.WARNING
            yield self._diagnostic(
                Code.OWNERSHIP, message, value.span, "copy it with '.copy()'", severity
            )

    def _operator(self, left: tree.Expression, op: str) -> Iterator[Diagnostic]:
        found, name = self._open(left), _OPERATORS.get(op)
        if found is not None and name is not None and not found.has_method(name):
            message = f"'{found.name}' does not implement the '{name}' method"
            hint = "let the parameter's bound say what its values can do, as in '[T: Comparable]'"
            yield self._diagnostic(Code.TYPE, message, left.span, hint)

    def _printed(self, argument: tree.Argument) -> Iterator[Diagnostic]:
        found = self._open(argument.value) if argument.name is None else None
        if found is not None and "Writable" not in found.traits:
            message = f"'{found.name}' does not conform to trait 'Writable'"
            hint = f"write '{found.name}: … & Writable'"
            yield self._diagnostic(Code.TYPE, message, argument.span, hint)

    def _method(
        self, base: tree.Expression, name: str, extent: tree.Extent
    ) -> Iterator[Diagnostic]:
        found = self._open(base)
        is_library = name.startswith("__") or name in ("copy", "write_to", "write_repr_to")
        if found is not None and not is_library and not found.has_method(name):
            message = f"'{found.name}' value has no attribute '{name}'"
            hint = "only what the traits of its bound bring can be called"
            yield self._diagnostic(Code.NAME, message, extent, hint)

    def _diagnostic(
        self,
        code: Code,
        message: str,
        extent: tree.Extent,
        hint: str,
        severity: Severity = Severity.ERROR,
    ) -> Diagnostic:
        span = Env(self._module, {}, None).span(extent)
        return Diagnostic(code, message, span, severity, suggestion=hint)


def _plain_nodes(body: Sequence[tree.Statement]) -> Iterator[tree.Node]:
    """Walk what stands in a function, functions within it left out."""
    stack: list[object] = [*body]
    while stack:
        item = stack.pop()
        if isinstance(item, tree.Function | tree.Lambda):
            continue
        if isinstance(item, tuple):
            stack += item
        elif isinstance(item, tree.Node):
            yield item
            stack += [getattr(item, name) for name in item.__struct_fields__]


def _bound_names(body: Sequence[tree.Statement]) -> Iterator[tree.Name]:
    """Walk the names that a function's body binds: their types are other ones."""
    for node in nodes_in(body, tree.Node):
        match node:
            case tree.Declare(names=targets) | tree.For(targets=targets):
                yield from nodes_in(targets, tree.Name)
            case tree.BindReference(name=name) | tree.Function(name=name):
                yield name
            case tree.Try(error=error) if error is not None:
                yield error
            case tree.Comprehension() | tree.Lambda() | tree.Match() | tree.With():
                yield from nodes_in(node, tree.Name)
            case _:
                pass
