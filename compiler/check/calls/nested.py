"""Functions inside functions: what they capture, and how a captured variable reaches them.

A nested function is lifted out of its surroundings: each variable that it captures becomes a hidden parameter, by
reference if it is a struct or may be written, and a call passes the variable's place. So closures need no memory of
their own and no pointers, and the passes behind the checker see which variables a call reads and writes.
"""

from collections.abc import Mapping, Sequence

import msgspec
from msgspec.structs import replace

from meshnode.compiler import ir
from meshnode.compiler.check import conversions, expressions
from meshnode.compiler.check.body import Binding, Body, LocalConstant, Poisoned, State, Variable
from meshnode.compiler.check.values import (
    Env,
    Functions,
    Scalar,
    SignatureParameter,
    Stored,
    is_scalar,
)
from meshnode.compiler.diagnostic import Code
from meshnode.compiler.names.declared import declared_function
from meshnode.compiler.names.symbols import FunctionSymbol
from meshnode.compiler.parse import tree
from meshnode.compiler.parse.free_names import as_function, free_names

_LEGACY = frozenset(["parameter", "__parameter"])
"""Decorators of nested functions that capture all they use, by reference."""

_DEFAULT = ""
"""The key of the convention for variables that the capture list does not name."""


class Captured(msgspec.Struct, frozen=True):
    """One variable that a nested function captures."""

    name: str
    place: ir.Place
    """Where it lives in the function around."""
    local: ir.LocalId | None
    """The variable, if its state is followed."""
    extent: tree.Extent
    is_mutable: bool = False
    is_own: bool = False
    """It is a copy made for the nested function (`{var x}`)."""

    def parameter(self) -> SignatureParameter:
        """Give the hidden parameter through which it comes."""
        type_ = self.place.type
        passing = ir.Passing.READ
        if self.is_mutable:
            passing = ir.Passing.MUTATE
        elif is_scalar(type_):
            passing = ir.Passing.VALUE
        node = tree.FunctionParameter(self.extent, self.name, None, None, None, "normal")
        return SignatureParameter(
            self.name,
            type_,
            passing,
            self.is_mutable,
            None,
            is_keyword_only=False,
            is_positional_only=False,
            node=node,
        )


class Nest(msgspec.Struct, eq=False):
    """The surroundings of one nested function."""

    env: Env
    constants: dict[str, Binding] = msgspec.field(default_factory=dict)
    """Names that mean the same inside: `comptime` names, functions that capture nothing."""
    variables: dict[str, tuple[int, bool]] = msgspec.field(default_factory=dict)
    """By name, which capture a variable is, and whether the function may write it by that name."""
    closures: dict[str, Functions] = msgspec.field(default_factory=dict)
    """Captured closures; what they capture is captured too."""
    captures: list[Captured] = msgspec.field(default_factory=list)

    def add(self, captured: Captured) -> int:
        """Capture a place, once; gives its number."""
        for index, present in enumerate(self.captures):
            if present.place == captured.place:
                mutable = present.is_mutable or captured.is_mutable
                self.captures[index] = replace(present, is_mutable=mutable)
                return index
        self.captures.append(captured)
        return len(self.captures) - 1


def define(body: Body, node: tree.Function) -> None:
    """Check a `def` inside a function."""
    body.bind(node.name.name, Poisoned())
    functions = nested_functions(body, node)
    body.bind(node.name.name, LocalConstant(functions))


def lambda_value(body: Body, node: tree.Lambda) -> Functions:
    """Give what a lambda means: the nested function without a name."""
    function = as_function(node, "lambda")
    if node.captures is None:
        everything = tree.Capture(node.span, "imm", None, is_moved=False)
        function = msgspec.structs.replace(function, captures=(everything,))
    return nested_functions(body, function)


def nested_functions(body: Body, node: tree.Function) -> Functions:
    """Capture what a nested function captures; it is checked even if nothing calls it, when it is not generic."""
    nest = Nest(body.env)
    conventions = _conventions(body, node)
    free = free_names(node)
    if node.name.name in free:
        body.env.fail(
            Code.UNSUPPORTED,
            f"a nested function cannot call itself; define '{node.name.name}' at the top of the file",
            free[node.name.name].span,
        )
    for capture in node.captures or ():
        if capture.name is not None and body.lookup(capture.name) is None:
            body.env.fail(
                Code.NAME, f"'{capture.name}' is no variable that could be captured", capture.span
            )
    listed = {c.name: tree.Name(c.span, c.name) for c in node.captures or () if c.name is not None}
    for name in (*free.values(), *(n for key, n in listed.items() if key not in free)):
        _capture(body, nest, name, conventions)
    symbol = FunctionSymbol(body.env.module, declared_function(node), nest=nest)
    captures = tuple(Stored(c.place, c.is_mutable, c.local) for c in nest.captures)
    functions = Functions(node.name.name, [symbol], captures=captures)
    if not symbol.node.type_parameters:
        signature = body.checker.signatures.find(symbol, None, ())
        body.checker.request(symbol, signature, body.env.span(node.span))
    return functions


def _conventions(body: Body, node: tree.Function) -> dict[str, tuple[str, bool]]:
    """Read a capture list: by name the convention, and whether the variable is moved in."""
    conventions: dict[str, tuple[str, bool]] = {}
    if any(isinstance(d, tree.Name) and d.name in _LEGACY for d in node.decorators):
        conventions[_DEFAULT] = ("ref", False)
    for capture in node.captures or ():
        key = capture.name if capture.name is not None else _DEFAULT
        convention = capture.convention or ("var" if capture.is_moved else "imm")
        if convention == "read":
            body.env.fail(
                Code.SYNTAX,
                "'read' was removed",
                capture.span,
                suggestion="write 'imm'",
            )
        conventions[key] = (convention, capture.is_moved)
    return conventions


def _capture(
    body: Body, nest: Nest, name: tree.Name, conventions: Mapping[str, tuple[str, bool]]
) -> None:
    binding = body.lookup(name.name)
    match binding:
        case None:
            return
        case LocalConstant(Functions() as functions) if functions.captures:
            _convention(body, name, conventions)
            _capture_closure(nest, name, functions)
        case Variable():
            convention, is_moved = _convention(body, name, conventions)
            captured = _captured(body, name, binding, convention, is_moved=is_moved)
            nest.variables[name.name] = (nest.add(captured), captured.is_mutable)
        case _:
            nest.constants[name.name] = binding


def _convention(
    body: Body, name: tree.Name, conventions: Mapping[str, tuple[str, bool]]
) -> tuple[str, bool]:
    found = conventions.get(name.name) or conventions.get(_DEFAULT)
    if found is None:
        body.env.fail(
            Code.NAME,
            f"could not infer capture convention of the captured value '{name.name}'",
            name.span,
            suggestion=f"write '{{imm {name.name}}}' or '{{mut {name.name}}}' after the arguments",
        )
    return found


def _capture_closure(nest: Nest, name: tree.Name, functions: Functions) -> None:
    for capture in functions.captures:
        variable = capture.variable
        nest.add(Captured(name.name, capture.place, variable, name.span, capture.is_mutable))
    nest.closures[name.name] = functions


def _captured(
    body: Body, name: tree.Name, variable: Variable, convention: str, *, is_moved: bool
) -> Captured:
    if variable.local is not None:
        if variable.local == body.constructed:
            body.env.unsupported("capturing an object that is being constructed", name.span)
        body.use(variable.local, name.name, name.span)
    if convention == "var":
        place = _own_copy(body, name, is_moved=is_moved)
        return Captured(name.name, place, place.local, name.span, is_own=True)
    if convention == "mut" and not variable.is_mutable:
        body.env.fail(
            Code.MUTABILITY,
            f"'{name.name}' cannot be captured with 'mut': it cannot be changed here",
            name.span,
            suggestion=variable.why_immutable or f"capture it with '{{imm {name.name}}}'",
        )
    is_mutable = variable.is_mutable and convention in ("mut", "ref")
    return Captured(name.name, variable.place, variable.local, name.span, is_mutable)


def _own_copy(body: Body, name: tree.Name, *, is_moved: bool) -> ir.LocalPlace:
    """Copy (or move) a variable into one that only the nested function sees, and that lives as long as the block."""
    node = tree.Transfer(name.span, name) if is_moved else name
    value = conversions.to_value(body, expressions.infer(body, node), None, name.span)
    if isinstance(value, Stored) and is_scalar(value.place.type):
        value = Scalar(ir.Load(value.place, value.place.type))
    type_ = conversions.type_of(value)
    value = conversions.owned(body, value, name.span)
    local = body.new_local(name.name, type_, name.span)
    body.declared.append(local)
    body.set_state(local, State.FULL)
    place = ir.LocalPlace(local, type_)
    conversions.store(body, place, value, name.span, is_new=True)
    return place


def enter(body: Body, symbol: FunctionSymbol) -> tuple[ir.Parameter, ...]:
    """Begin a nested function: its hidden parameters, and what its names mean."""
    nest = symbol.nest
    if nest is None:
        return ()
    body.scopes[-1].update(nest.constants)
    inner: dict[ir.Place, Stored] = {}
    parameters: list[ir.Parameter] = []
    for captured in nest.captures:
        parameter = captured.parameter()
        local = body.new_local(captured.name, parameter.type, captured.extent)
        inner[captured.place] = Stored(ir.LocalPlace(local, parameter.type), captured.is_mutable)
        parameters.append(ir.Parameter(local, parameter.passing))
    for name, (index, is_mutable) in nest.variables.items():
        place = inner[nest.captures[index].place].place
        why = f"capture it with '{{mut {name}}}'"
        body.bind(name, Variable(place, is_mutable, None, why))
    for name, functions in nest.closures.items():
        captures = tuple(inner[capture.place] for capture in functions.captures)
        body.bind(name, LocalConstant(replace(functions, captures=captures)))
    return tuple(parameters)


def hidden_parameters(functions: Functions) -> Sequence[SignatureParameter]:
    """Give the hidden parameters of a function for what it captures."""
    nest = functions.functions[0].nest
    return [] if nest is None else [captured.parameter() for captured in nest.captures]
