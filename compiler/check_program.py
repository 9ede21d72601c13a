"""Checking by instantiation: a tree becomes typed IR, one function instance at a time, from the roots on.

Generic functions and structs are checked for each set of parameters with which they are used; what the prelude holds
and nobody reaches costs nothing. The program's own functions are checked even if nothing calls them, when they are not
generic, and left out of the result.
"""

# ruff: noqa: RET503 - `env.fail` never returns, which ruff cannot see

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from meshnode.compiler import (
    check_conversions,
    check_expressions,
    check_statements,
    check_types,
    ir,
    layout,
    limits,
    tree,
)
from meshnode.compiler.check_body import Body, LocalConstant, State, Variable
from meshnode.compiler.check_types import StructInstance
from meshnode.compiler.check_values import (
    CheckFailed,
    Env,
    GenericStruct,
    ListItems,
    Nothing,
    ParameterValue,
    Scalar,
    Signature,
    SignatureParameter,
    StringLiteral,
    TypeName,
    Value,
    is_scalar,
    type_name,
)
from meshnode.compiler.diagnostic import Code, CompileError, Diagnostic, Note
from meshnode.compiler.literals import FloatLiteral, IntLiteral
from meshnode.compiler.symbols import (
    ConstantSymbol,
    FunctionSymbol,
    OverloadSet,
    StructSymbol,
    Symbols,
    collect_symbols,
)

_PASSING: Mapping[str | None, ir.Passing] = {
    None: ir.Passing.READ,
    "imm": ir.Passing.READ,
    "mut": ir.Passing.MUTATE,
    "var": ir.Passing.OWNED,
    "deinit": ir.Passing.OWNED,
}


def check_program(
    program: tree.Module, prelude: Sequence[tree.Module], roots: Sequence[str]
) -> ir.Module:
    """Check a program and lower it to typed IR, with all that it and the `roots` reach of the prelude.

    Raises:
        CompileError: with what is wrong with the program, in the order of the source.
    """
    checker = Checker(collect_symbols(program, prelude))
    try:
        return checker.run(program, roots)
    except RecursionError:
        span = ir.Span(program.file, 1, 1, 1, 1)
        message = "this program is nested too deeply"
        raise CompileError((Diagnostic(Code.LIMIT, message, span),)) from None


@dataclass(frozen=True, slots=True)
class _Job:
    """A function instance that waits to be checked."""

    symbol: FunctionSymbol
    signature: Signature
    origin: ir.Span | None
    """The call that asked for it first."""


class Checker:
    """One compilation: instances made so far, and those that wait."""

    def __init__(self, symbols: Symbols) -> None:
        self.symbols = symbols
        self.structs: dict[ir.StructId, StructInstance] = {}
        self._functions: dict[ir.FunctionId, ir.Function] = {}
        self._signatures: dict[tuple[object, ...], Signature] = {}
        self._names: set[ir.FunctionId] = set()
        self._requested: set[ir.FunctionId] = set()
        self._queue: deque[_Job] = deque()
        self._diagnostics: list[Diagnostic] = list(symbols.diagnostics)
        self._constants: dict[ConstantSymbol, Value | None] = {}
        self._fieldwise: dict[StructSymbol, FunctionSymbol] = {}
        self._job: _Job | None = None

    # -- the whole line

    def run(self, program: tree.Module, roots: Sequence[str]) -> ir.Module:
        """Check everything reachable; see `check_program`."""
        for root in roots:
            self._request_root(root)
        main = self._find_main(program)
        for symbol in self._own_functions():
            try:
                if not symbol.node.type_parameters:
                    self._request_own(symbol, None)
            except CheckFailed as failure:
                self.report(failure)
        self._request_own_structs()
        self._check_constants()
        self._drain()
        if self._diagnostics or main is None:
            ordered = sorted(
                dict.fromkeys(self._diagnostics),
                key=lambda d: (d.span.file.startswith("prelude/"), d.span.line, d.span.column),
            )
            raise CompileError(tuple(ordered[: limits.DIAGNOSTICS_MAX]))
        return self._module(main.function, roots)

    def _drain(self) -> None:
        """Check what waits, and what that asks for; destructors of all structs included."""
        while self._queue and len(self._diagnostics) < limits.DIAGNOSTICS_MAX:
            self._run_job(self._queue.popleft())
            if not self._queue:
                for instance in list(self.structs.values()):
                    self.is_owned(instance.type)

    def report(self, failure: CheckFailed) -> None:
        """Keep an error; one inside an instance tells who asked for the instance."""
        diagnostic = failure.diagnostic
        if diagnostic is None or len(self._diagnostics) >= limits.DIAGNOSTICS_MAX:
            return
        job = self._job
        is_generic = job is not None and (
            job.symbol.module.is_prelude or bool(job.symbol.node.type_parameters)
        )
        if job is not None and is_generic and job.origin is not None:
            note = Note(
                f"in the instance '{job.signature.function}' that is needed here", job.origin
            )
            diagnostic = Diagnostic(
                diagnostic.code,
                diagnostic.message,
                diagnostic.span,
                diagnostic.severity,
                (*diagnostic.notes, note),
                diagnostic.suggestion,
            )
        self._diagnostics.append(diagnostic)

    def _request_root(self, name: str) -> None:
        symbol = self.symbols.prelude.get(name)
        assert isinstance(symbol, OverloadSet), f"the prelude lacks the root '{name}'"
        signature = self.signature(symbol.functions[0], None, ())
        assert signature.function == name, f"the root '{name}' is overloaded or generic"
        self.request(symbol.functions[0], signature, None)

    def _find_main(self, program: tree.Module) -> Signature | None:
        symbol = self.symbols.program.names.get("main")
        span = ir.Span(program.file, 1, 1, 1, 1)
        if not isinstance(symbol, OverloadSet):
            self._diagnostics.append(
                Diagnostic(Code.NAME, "module does not define a 'main' function", span)
            )
            return None
        node = symbol.functions[0].node
        if len(symbol.functions) > 1 or node.parameters or node.result or node.type_parameters:
            span = ir.Span(program.file, *node.span)
            message = "'main' must be one function without arguments and result"
            self._diagnostics.append(Diagnostic(Code.TYPE, message, span))
            return None
        try:
            return self.signature(symbol.functions[0], None, ())
        except CheckFailed as failure:
            self.report(failure)
            return None

    def _own_functions(self) -> list[FunctionSymbol]:
        found: list[FunctionSymbol] = []
        for symbol in self.symbols.program.names.values():
            if isinstance(symbol, OverloadSet):
                found += [f for f in symbol.functions if not f.module.is_prelude]
        return found

    def _request_own(self, symbol: FunctionSymbol, struct: ir.StructType | None) -> None:
        signature = self.signature(symbol, struct, ())
        self.request(symbol, signature, None)

    def _request_own_structs(self) -> None:
        """Check the methods of the program's structs that are not generic."""
        for symbol in list(self.symbols.program.names.values()):
            if not isinstance(symbol, StructSymbol) or symbol.module.is_prelude:
                continue
            if symbol.node.type_parameters:
                continue
            env = Env(symbol.module, {}, None)
            try:
                struct = check_types.struct_instance(self, env, symbol, {}, symbol.node.span)
                self.is_owned(struct)
            except CheckFailed as failure:
                self.report(failure)
                continue
            for methods in symbol.methods.values():
                for method in methods:
                    if not method.node.type_parameters:
                        try:
                            self._request_own(method, struct)
                        except CheckFailed as failure:
                            self.report(failure)

    def _check_constants(self) -> None:
        for symbol in list(self.symbols.program.names.values()):
            if isinstance(symbol, ConstantSymbol) and not symbol.module.is_prelude:
                try:
                    self.constant(symbol, Env(symbol.module, {}, None))
                except CheckFailed as failure:
                    self.report(failure)

    def _module(self, main: ir.FunctionId, roots: Sequence[str]) -> ir.Module:
        """Keep what is reachable, and give the structs their final definitions."""
        structs = {
            instance.struct: self._definition(instance) for instance in self.structs.values()
        }
        reached: dict[ir.FunctionId, ir.Function] = {}
        waiting = [main, *(ir.FunctionId(root) for root in reversed(roots))]
        while waiting:
            name = waiting.pop()
            if name in reached:
                continue
            function = self._functions[name]
            reached[name] = function
            waiting += called_functions(function, structs)
        functions = {name: f for name, f in self._functions.items() if name in reached}
        return ir.Module(structs, functions, main)

    def _definition(self, instance: StructInstance) -> ir.StructDefinition:
        copy = instance.copy if instance.copy in self._functions else None
        drop = instance.drop if self.is_owned(instance.type) else None
        return ir.StructDefinition(instance.struct, instance.fields, instance.element, drop, copy)

    # -- types

    def struct_of(self, type_: ir.Type) -> StructInstance:
        """Give the instance behind a struct type."""
        assert isinstance(type_, ir.StructType)
        return self.structs[type_.struct]

    def fields_of(self, type_: ir.Type | None) -> tuple[ir.Field, ...]:
        """Give a struct's fields; none for other types."""
        return self.structs[type_.struct].fields if isinstance(type_, ir.StructType) else ()

    def methods_of(self, type_: ir.Type) -> Mapping[str, Sequence[FunctionSymbol]]:
        """Give a struct's methods; none for other types."""
        if not isinstance(type_, ir.StructType):
            return {}
        symbol = self.structs[type_.struct].symbol
        return symbol.methods if symbol is not None else {}

    def is_tuple(self, type_: ir.Type) -> bool:
        """Tell whether a type is a tuple."""
        return isinstance(type_, ir.StructType) and self.structs[type_.struct].symbol is None

    def is_list(self, type_: ir.Type) -> bool:
        """Tell whether a type is a `List`."""
        return self.element_of(type_) is not None

    def element_of(self, type_: ir.Type) -> ir.Type | None:
        """Give a `List`'s element type; None for other types."""
        return self.structs[type_.struct].element if isinstance(type_, ir.StructType) else None

    def tuple_type(self, types: Sequence[ir.Type]) -> ir.StructType:
        """Give the tuple of these types."""
        struct = ir.StructId(f"Tuple[{', '.join(type_name(type_) for type_ in types)}]")
        if struct not in self.structs:
            fields = tuple(ir.Field(str(index), type_) for index, type_ in enumerate(types))
            self.structs[struct] = StructInstance(struct, None, {}, None, fields, is_complete=True)
        return ir.StructType(struct)

    def string_type(self, env: Env, extent: tree.Extent) -> ir.StructType:
        """Give `String`."""
        return self._prelude_struct("String", env, extent)

    def string_type_or_none(self) -> ir.StructType | None:
        """Give `String` if anything has used it yet."""
        struct = ir.StructId("String")
        return ir.StructType(struct) if struct in self.structs else None

    def error_type(self, env: Env, extent: tree.Extent) -> ir.StructType:
        """Give `Error`."""
        return self._prelude_struct("Error", env, extent)

    def list_type(self, env: Env, element: ir.Type, extent: tree.Extent) -> ir.StructType:
        """Give `List[element]`."""
        symbol = self.symbols.prelude.get("List")
        assert isinstance(symbol, StructSymbol), "the prelude lacks 'List'"
        return check_types.struct_instance(self, env, symbol, {"T": element}, extent)

    def _prelude_struct(self, name: str, env: Env, extent: tree.Extent) -> ir.StructType:
        symbol = self.symbols.prelude.get(name)
        if not isinstance(symbol, StructSymbol):
            env.unsupported(f"what needs the prelude's '{name}'", extent)
        return check_types.struct_instance(self, env, symbol, {}, extent)

    def is_owned(self, type_: ir.Type) -> bool:
        """Tell whether values of the type must be dropped; makes the drop function when they must."""
        if not isinstance(type_, ir.StructType):
            return False
        instance = self.structs[type_.struct]
        if instance.is_owned is None:
            instance.is_owned = False
            has_destructor = instance.symbol is not None and "__deinit__" in instance.symbol.methods
            self._refuse_endless(instance, ())
            owned_fields = [field for field in instance.fields if self.is_owned(field.type)]
            instance.is_owned = has_destructor or bool(owned_fields)
            if instance.is_owned:
                self._make_drop(instance)
        return instance.is_owned

    def _refuse_endless(self, instance: StructInstance, path: tuple[ir.StructId, ...]) -> None:
        if instance.struct in path:
            span = self.structs[path[0]]
            env, symbol = span.env, span.symbol
            assert env is not None
            assert symbol is not None
            env.fail(Code.TYPE, f"struct '{path[0]}' contains itself", symbol.node.span)
        for field in instance.fields:
            if isinstance(field.type, ir.StructType):
                inner = self.structs[field.type.struct]
                self._refuse_endless(inner, (*path, instance.struct))

    def copies_implicitly(self, type_: ir.Type) -> bool:
        """Tell whether a value may be copied without saying so."""
        if not isinstance(type_, ir.StructType):
            return True
        instance = self.structs[type_.struct]
        if instance.symbol is None:
            return all(self.copies_implicitly(field.type) for field in instance.fields)
        return instance.has_trait("ImplicitlyCopyable")

    def require_copyable(self, type_: ir.Type, env: Env, extent: tree.Extent) -> None:
        """Refuse `.copy()` of what is not Copyable."""
        if isinstance(type_, ir.StructType):
            instance = self.structs[type_.struct]
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
        structs = {
            instance.struct: ir.StructDefinition(instance.struct, instance.fields, None, None, None)
            for instance in self.structs.values()
        }
        return layout.size_of(type_, structs)

    # -- functions made for a struct

    def _make_drop(self, instance: StructInstance) -> None:
        """Make the function that destroys one value: the struct's own destructor, then its fields."""
        symbol = instance.symbol
        extent = symbol.node.span if symbol is not None else (1, 1, 1, 1)
        env = instance.env or Env(self.symbols.program, {}, instance.type)
        body = Body(self, env, raises=False)
        value = ir.LocalPlace(body.new_local("self", instance.type, extent), instance.type)
        instance.drop = self._unique(f"{instance.struct}.$drop")
        span = env.span(extent)
        if symbol is not None and "__deinit__" in symbol.methods:
            method = symbol.methods["__deinit__"][0]
            signature = self.signature(method, instance.type, ())
            self.request(method, signature, None)
            body.emit(ir.Call(None, signature.function, (ir.ByReference(value),), span))
        for field in instance.fields:
            if self.is_owned(field.type):
                body.emit(ir.Drop(ir.FieldPlace(value, field.name, field.type), span))
        self._add(body, instance.drop, (ir.Parameter(value.local, ir.Passing.MUTATE),), span)

    def copy_function(self, type_: ir.Type, env: Env, extent: tree.Extent) -> ir.FunctionId:
        """Give the function that copies an owned struct."""
        instance = self.struct_of(type_)
        if instance.copy is None:
            constructor = self._copy_constructor(instance)
            if constructor is not None:
                signature = self.signature(constructor, instance.type, ())
                instance.copy = signature.function
                self.request(constructor, signature, env.span(extent))
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
        body = Body(self, Env(env.module, {}, instance.type), raises=False)
        source = ir.LocalPlace(body.new_local("copy", instance.type, extent), instance.type)
        target = ir.LocalPlace(body.new_local("self", instance.type, extent), instance.type)
        instance.copy = self._unique(f"{instance.struct}.$copy")
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
        body.result = target.local
        self._add(body, instance.copy, (ir.Parameter(source.local, ir.Passing.READ),), span)

    def constructors_of(self, type_: ir.StructType) -> Sequence[FunctionSymbol]:
        """Give a struct's constructors, the fieldwise one included."""
        symbol = self.structs[type_.struct].symbol
        return self.constructors_of_symbol(symbol) if symbol is not None else ()

    def constructors_of_symbol(self, symbol: StructSymbol) -> Sequence[FunctionSymbol]:
        """Give a struct's constructors, whatever its parameters are."""
        written = symbol.methods.get("__init__", [])
        if not any(
            isinstance(decorator, tree.Name) and decorator.name == "fieldwise_init"
            for decorator in symbol.node.decorators
        ):
            return written
        if symbol not in self._fieldwise:
            self._fieldwise[symbol] = _fieldwise_constructor(symbol, len(written) + 1)
        return [*written, self._fieldwise[symbol]]

    # -- signatures and instances

    def function_env(
        self,
        symbol: FunctionSymbol,
        struct: ir.StructType | None,
        parameters: Mapping[str, ParameterValue],
    ) -> Env:
        """Give where a function's code stands."""
        return Env(symbol.module, parameters, struct)

    def signature(
        self,
        symbol: FunctionSymbol,
        struct: ir.StructType | None,
        values: tuple[ParameterValue, ...],
    ) -> Signature:
        """Give a function instance's types; the instance itself waits for `request`."""
        key = (symbol, struct, values)
        present = self._signatures.get(key)
        if present is None:
            present = self._make_signature(symbol, struct, values)
            self._signatures[key] = present
        return present

    def _make_signature(
        self,
        symbol: FunctionSymbol,
        struct: ir.StructType | None,
        values: tuple[ParameterValue, ...],
    ) -> Signature:
        node = symbol.node
        names = [parameter.name for parameter in node.type_parameters]
        env = self.function_env(symbol, struct, dict(zip(names, values, strict=True)))
        parameters: list[SignatureParameter] = []
        result = (
            ir.UNIT if node.result is None else check_types.resolve_type(self, env, node.result)
        )
        result_name: str | None = None
        is_keyword_only = False
        for parameter in node.parameters:
            if parameter.kind == "star" and not parameter.name:
                is_keyword_only = True
                continue
            if parameter.kind == "slash":
                continue
            if parameter.kind != "normal":
                env.unsupported("variadic arguments", parameter.span)
            type_ = self._parameter_type(env, symbol, parameter)
            if parameter.convention == "out":
                result, result_name = type_, parameter.name
                continue
            parameters.append(
                self._parameter(env, symbol, parameter, type_, is_keyword_only=is_keyword_only)
            )
        for decorator in node.decorators:
            _check_decorator(env, decorator)
        name = self._function_name(symbol, struct, values, parameters)
        return Signature(name, tuple(parameters), result, result_name, node.raises, env)

    def _parameter_type(
        self, env: Env, symbol: FunctionSymbol, parameter: tree.FunctionParameter
    ) -> ir.Type:
        if parameter.annotation is not None:
            return check_types.resolve_type(self, env, parameter.annotation)
        if symbol.struct is not None and env.self_type is not None and parameter.name == "self":
            return env.self_type
        env.fail(Code.TYPE, f"argument '{parameter.name}' needs a type", parameter.span)

    def _parameter(
        self,
        env: Env,
        symbol: FunctionSymbol,
        parameter: tree.FunctionParameter,
        type_: ir.Type,
        *,
        is_keyword_only: bool,
    ) -> SignatureParameter:
        convention = parameter.convention
        if convention == "ref":
            env.unsupported("'ref' arguments", parameter.span)
        passing = _PASSING[convention]
        if convention == "deinit" and symbol.node.name.name == "__deinit__":
            passing = ir.Passing.MUTATE
        is_mutable = passing is not ir.Passing.READ
        if is_scalar(type_) and passing is not ir.Passing.MUTATE:
            passing = ir.Passing.VALUE
        if type_ == ir.UNIT:
            env.fail(Code.TYPE, "an argument cannot be None", parameter.span)
        return SignatureParameter(
            parameter.name,
            type_,
            passing,
            is_mutable,
            parameter.default,
            is_keyword_only,
            is_positional_only=False,
            node=parameter,
        )

    def _function_name(
        self,
        symbol: FunctionSymbol,
        struct: ir.StructType | None,
        values: tuple[ParameterValue, ...],
        parameters: Sequence[SignatureParameter],
    ) -> ir.FunctionId:
        name = symbol.node.name.name
        if struct is not None:
            name = f"{struct.struct}.{name}"
        if values:
            name += f"[{', '.join(check_types.parameter_name(value) for value in values)}]"
        if symbol.overload_count > 1:
            shown = [
                f"{p.name}: {type_name(p.type)}" if p.is_keyword_only else type_name(p.type)
                for p in parameters
                if p.name != "self"
            ]
            name += f"({', '.join(shown)})"
        return self._unique(name)

    def _unique(self, name: str) -> ir.FunctionId:
        function = ir.FunctionId(name)
        serial = 2
        while function in self._names:
            function = ir.FunctionId(f"{name}#{serial}")
            serial += 1
        self._names.add(function)
        return function

    def request(self, symbol: FunctionSymbol, signature: Signature, origin: ir.Span | None) -> None:
        """Ask for a function instance to be checked, now or later."""
        if signature.function in self._requested:
            return
        self._requested.add(signature.function)
        if len(self._requested) > limits.INSTANCES_MAX:
            signature.env.fail(
                Code.LIMIT, "this program needs too many function instances", symbol.node.span
            )
        self._queue.append(_Job(symbol, signature, origin))

    def _run_job(self, job: _Job) -> None:
        self._job = job
        try:
            self._check_function(job)
        except CheckFailed as failure:
            self.report(failure)
        finally:
            self._job = None

    def _check_function(self, job: _Job) -> None:
        node, signature = job.symbol.node, job.signature
        body = Body(self, signature.env, raises=signature.raises)
        parameters = tuple(_add_parameter(body, parameter) for parameter in signature.parameters)
        if signature.result != ir.UNIT:
            self._add_result(body, job)
        self._start_flow(body, job)
        body.scopes.append({})
        body.declared = []

        def run() -> None:
            check_statements.check_block(body, node.body)
            try:
                check_statements.require_result(body, node.name.span)
            except CheckFailed as failure:
                self.report(failure)

        statements = body.nested(run, node.span)
        body.block = list(statements)
        span = signature.env.span(node.span)
        exported = _export_name(node)
        self._add(body, signature.function, parameters, span, exported)

    def _add_result(self, body: Body, job: _Job) -> None:
        signature, node = job.signature, job.symbol.node
        name = signature.result_name
        body.result_type = signature.result
        body.result = body.new_local(name or "$result", signature.result, node.name.span)
        if name is not None:
            place = ir.LocalPlace(body.result, signature.result)
            body.bind(name, Variable(place, is_mutable=True, local=body.result))

    def _start_flow(self, body: Body, job: _Job) -> None:
        if body.result is None:
            return
        is_constructor = job.symbol.struct is not None and job.symbol.node.name.name == "__init__"
        if not is_constructor or job.signature.result_name is None:
            body.set_state(body.result, State.EMPTY)
            return
        body.constructed = body.result
        for field in self.fields_of(body.result_type):
            body.set_state((body.result, field.name), State.EMPTY)

    def _add(
        self,
        body: Body,
        name: ir.FunctionId,
        parameters: tuple[ir.Parameter, ...],
        span: ir.Span,
        exported: str | None = None,
    ) -> None:
        self._functions[name] = ir.Function(
            name,
            parameters,
            body.result,
            body.raises,
            tuple(body.locals),
            tuple(body.block),
            span,
            exported,
        )

    # -- constants

    def constant(self, symbol: ConstantSymbol, env: Env) -> Value:
        """Give the value of a `comptime` name of a module."""
        if symbol in self._constants:
            value = self._constants[symbol]
            if value is None:
                raise CheckFailed(None)
            return value
        self._constants[symbol] = None
        home = Env(symbol.module, {}, env.self_type if env.module is symbol.module else None)
        value = self._constant_value(home, symbol.node)
        self._constants[symbol] = value
        return value

    def _constant_value(self, env: Env, node: tree.Comptime) -> Value:
        value = self.evaluate(env, node.value)
        if node.annotation is None:
            return value
        type_ = check_types.resolve_type(self, env, node.annotation)
        return self.constant_as(env, value, type_, node.value.span)

    def struct_constant(self, instance: StructInstance, name: str) -> Value | None:
        """Give the value of a struct's `comptime` name; None if it has none such."""
        if instance.symbol is None or instance.env is None:
            return None
        for node in instance.symbol.node.constants:
            if node.name.name == name:
                return self._constant_value(instance.env, node)
        return None

    def constant_as(self, env: Env, value: Value, type_: ir.Type, extent: tree.Extent) -> Value:
        """Give a constant the type that was written for it."""
        if isinstance(value, StringLiteral) and type_ == self.string_type(env, extent):
            return value
        body = Body(self, env, raises=False)
        expr = check_conversions.to_scalar(body, value, type_, extent)
        return Scalar(expr)

    def evaluate(self, env: Env, node: tree.Expression, outer: Body | None = None) -> Value:
        """Evaluate a constant expression; `outer` lends its local `comptime` names."""
        body = Body(self, env, raises=False)
        if outer is not None:
            for scope in outer.scopes:
                body.scopes.append(
                    {name: b for name, b in scope.items() if isinstance(b, LocalConstant)}
                )
        value = check_expressions.infer(body, node)
        match value:
            case IntLiteral() | FloatLiteral() | StringLiteral() | TypeName() | GenericStruct():
                return value
            case Scalar(ir.Const()) if not body.block:
                return value
            case Nothing() | ListItems():
                env.unsupported("this value at compile time", node.span)
            case _:
                env.unsupported("computing this at compile time", node.span)


def _check_decorator(env: Env, decorator: tree.Expression) -> None:
    match decorator:
        case tree.Name(name="staticmethod" | "always_inline" | "no_inline" | "implicit"):
            pass
        case tree.Call(callee=tree.Name(name="always_inline" | "implicit")):
            pass
        case tree.Call(callee=tree.Name(name="export" | "__export")) if env.module.is_prelude:
            pass
        case _:
            env.unsupported("this decorator", decorator.span)


def _export_name(node: tree.Function) -> str | None:
    for decorator in node.decorators:
        match decorator:
            case tree.Call(
                callee=tree.Name(name="export" | "__export"),
                arguments=(tree.Argument(value=tree.String(value=value)),),
            ):
                return value
            case _:
                pass
    return None


def _add_parameter(body: Body, parameter: SignatureParameter) -> ir.Parameter:
    node = parameter.node
    local = body.new_local(parameter.name, parameter.type, node.span)
    is_ours = parameter.passing in (ir.Passing.OWNED, ir.Passing.VALUE) and parameter.is_mutable
    why = (
        ""
        if parameter.is_mutable
        else f"declare the argument 'mut {parameter.name}' or 'var {parameter.name}'"
    )
    variable = Variable(
        ir.LocalPlace(local, parameter.type),
        parameter.is_mutable,
        local if is_ours else None,
        why,
    )
    body.bind(parameter.name, variable)
    return ir.Parameter(local, parameter.passing)


def _fieldwise_constructor(symbol: StructSymbol, overload_count: int) -> FunctionSymbol:
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
        decorators=(),
    )
    return FunctionSymbol(symbol.module, function, symbol, overload_count)


def called_functions(  # noqa: C901 - one case a statement
    function: ir.Function, structs: Mapping[ir.StructId, ir.StructDefinition]
) -> list[ir.FunctionId]:
    """List what a function may call: its calls, and the destructors of its locals and of what it drops."""
    found: dict[ir.FunctionId, None] = {}

    def drops(type_: ir.Type) -> None:
        if isinstance(type_, ir.StructType) and (drop := structs[type_.struct].drop) is not None:
            found[drop] = None

    def walk(block: ir.Block) -> None:
        for statement in block:
            match statement:
                case ir.Call(_, name, _):
                    found[name] = None
                case ir.Drop(place, _):
                    drops(place.type)
                case ir.If(_, then, otherwise):
                    walk(then)
                    walk(otherwise)
                case ir.ForRange(body=inner, otherwise=otherwise):
                    walk(inner)
                    walk(otherwise)
                case ir.While(prepare, _, inner, otherwise):
                    walk(prepare)
                    walk(inner)
                    walk(otherwise)
                case ir.Try(inner, _, handler, otherwise):
                    walk(inner)
                    walk(handler)
                    walk(otherwise)
                case ir.Scope(_, inner):
                    walk(inner)
                case _:
                    pass

    for local in function.locals:
        drops(local.type)
    walk(function.body)
    return list(found)
