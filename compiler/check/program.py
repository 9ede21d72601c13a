"""Checking by instantiation: a tree becomes typed IR, one function instance at a time, from the roots on.

Generic functions and structs are checked for each set of parameters with which they are used; what the prelude holds
and nobody reaches costs nothing. The program's own functions are checked even if nothing calls them, when they are not
generic, and left out of the result.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from functools import cache, partial

import msgspec
from msgspec.structs import replace

from meshnode.compiler import ir, limits
from meshnode.compiler.called_functions import reachable
from meshnode.compiler.check import generic_bodies, lenient, lifetimes, linear
from meshnode.compiler.check import statements as check_statements
from meshnode.compiler.check.body import Body, State, Variable
from meshnode.compiler.check.calls import closures, nested, packs
from meshnode.compiler.check.calls.function_values import FunctionTypes
from meshnode.compiler.check.comptime.evaluation import Evaluator
from meshnode.compiler.check.constants import ConstantTable
from meshnode.compiler.check.types import types
from meshnode.compiler.check.types.signatures import SignatureTable, decorator_text
from meshnode.compiler.check.types.structs import StructTable
from meshnode.compiler.check.types.types import StructInstance
from meshnode.compiler.check.values import (
    CheckFailed,
    Env,
    Signature,
)
from meshnode.compiler.destroy.destruction import insert_drops
from meshnode.compiler.diagnostic import Code, CompileError, Diagnostic, Note, Severity
from meshnode.compiler.names import traits
from meshnode.compiler.names.symbols import (
    ConstantSymbol,
    FunctionSymbol,
    OverloadSet,
    Place,
    StructSymbol,
    Symbols,
)
from meshnode.compiler.parse import tree


class Job(msgspec.Struct, frozen=True):
    """A function instance that waits to be checked."""

    symbol: FunctionSymbol
    signature: Signature
    origin: ir.Span | None
    """The call that asked for it first."""
    depth: int
    """How many generic instances led to it."""


class Checker:
    """One compilation: instances made so far, and those that wait."""

    def __init__(
        self, symbols: Symbols, *, is_strict: bool, raising: Mapping[Place, FunctionSymbol]
    ) -> None:
        self.symbols = symbols
        self.is_strict = is_strict
        self.warnings: list[Diagnostic] = list(symbols.warnings)
        self.raising = raising
        """Functions that raise without saying so, as older Mojo's did; found by an earlier run."""
        self.found_raising: dict[Place, FunctionSymbol] = {}
        for symbol in raising.values():
            self.warn(_unsaid_raising(symbol))
        self.types = StructTable(self)
        self.signatures = SignatureTable(self)
        self.constants = ConstantTable(self)
        self.closures = closures.ClosureTable(self)
        self.function_types = FunctionTypes(self)
        self._functions: dict[ir.FunctionId, ir.Function] = {}
        self._requested: set[ir.FunctionId] = set()
        self._queue: deque[Job] = deque()
        self._diagnostics: list[Diagnostic] = list(symbols.diagnostics)
        self._job: Job | None = None
        self.broken: set[ir.FunctionId] = set()
        """Functions in which something is wrong."""
        self.broken_at: ir.Span | None = None
        """The statement at which an exception that nobody expects was raised."""
        self.comptime = Evaluator(self)
        self.viewing: dict[ir.StructId, bool] = {}
        """Which structs look elsewhere, as far as anybody asked; see `views.py`."""
        self.answers = 0
        """How often the library was told something of this program, such as its file's name."""
        self.unrolled = 0
        """Iterations of `comptime for` so far."""

    # -- the whole line

    def run(self, program: tree.Module, roots: Sequence[str]) -> ir.Module:
        """Check everything reachable; see `check_program`."""
        for names in (self.symbols.prelude, *self.symbols.own.values()):
            traits.complete_structs(names)
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
        self._diagnostics += generic_bodies.errors(self)
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
                for instance in list(self.types.instances.values()):
                    self.types.is_owned(instance.type)

    def warn(self, diagnostic: Diagnostic) -> None:
        """Keep a finding that does not stop the compilation."""
        if len(self.warnings) < limits.WARNINGS_MAX:
            self.warnings.append(diagnostic)

    def note_raising(self) -> None:
        """Note that the function being checked raises without saying so."""
        if self._job is not None and not self._job.symbol.module.is_prelude:
            symbol = self._job.symbol
            self.found_raising[symbol.place] = symbol

    def report(self, failure: CheckFailed) -> None:
        """Keep an error; one inside an instance tells who asked for the instance."""
        diagnostic = failure.diagnostic
        if diagnostic is None or len(self._diagnostics) >= limits.DIAGNOSTICS_MAX:
            return
        job = self._job
        if job is not None:
            self.broken.add(job.signature.function)
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

    @property
    def found(self) -> tuple[Diagnostic, ...]:
        """The errors that are known so far."""
        return tuple(dict.fromkeys(self._diagnostics))

    def _request_root(self, name: str) -> None:
        symbol = self.symbols.prelude.get(name)
        assert isinstance(symbol, OverloadSet), f"the prelude lacks the root '{name}'"
        signature = self.signatures.find(symbol.functions[0], None, ())
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
            suggestion = "the program's arguments are in 'argv()' of 'std.sys'"
            self._diagnostics.append(Diagnostic(Code.TYPE, message, span, suggestion=suggestion))
            return None
        if isinstance(node.error, tree.Name) and node.error.name not in ("Error", "Never"):
            span = ir.Span(program.file, *node.error.span)
            message = "'main()' can only raise 'Error'; remove the explicit error type"
            self._diagnostics.append(Diagnostic(Code.RAISES, message, span))
            return None
        try:
            return self.signatures.find(symbol.functions[0], None, ())
        except CheckFailed as failure:
            self.report(failure)
            return None

    def _own_functions(self) -> list[FunctionSymbol]:
        """List the functions that are checked though nothing calls them: those of the program's file itself."""
        program = self.symbols.program
        found: list[FunctionSymbol] = []
        for symbol in program.names.values():
            if isinstance(symbol, OverloadSet):
                found += [f for f in symbol.functions if f.module is program]
        return found

    def _request_own(self, symbol: FunctionSymbol, struct: ir.StructType | None) -> None:
        signature = self.signatures.find(symbol, struct, ())
        self.request(symbol, signature, None)

    def _request_own_structs(self) -> None:
        """Check the methods of the program's structs that are not generic."""
        for symbol in list(self.symbols.program.names.values()):
            if not isinstance(symbol, StructSymbol) or symbol.module is not self.symbols.program:
                continue
            if symbol.node.type_parameters:
                continue
            env = Env(symbol.module, {}, None)
            try:
                struct = types.struct_instance(self, env, symbol, {}, symbol.node.span)
                self.types.is_owned(struct)
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
            if not isinstance(symbol, ConstantSymbol) or symbol.module is not self.symbols.program:
                continue
            if not symbol.node.type_parameters and not traits.is_composition(symbol):
                try:
                    self.constants.constant(symbol, Env(symbol.module, {}, None))
                except CheckFailed as failure:
                    self.report(failure)

    def _module(self, main: ir.FunctionId, roots: Sequence[str]) -> ir.Module:
        """Put the drops where values die, and keep what is reachable."""
        return reachable(insert_drops(self.checked_module(main)), roots)

    def checked_module(self, main: ir.FunctionId) -> ir.Module:
        """Give all that was checked; structs get their final definitions."""
        structs = {
            instance.struct: self.definition(instance) for instance in self.types.instances.values()
        }
        for dispatcher in self.function_types.dispatchers():
            self._functions[dispatcher.function] = dispatcher
        return ir.Module(structs, self._functions, main)

    def definition(self, instance: StructInstance) -> ir.StructDefinition:
        """Give a struct as the IR has it."""
        copy = instance.copy if instance.copy in self._functions else None
        drop = instance.drop if self.types.is_owned(instance.type) else None
        move = instance.move if instance.move in self._functions else None
        return ir.StructDefinition(
            instance.struct, instance.stored_fields, instance.element, drop, copy, move
        )

    def request(self, symbol: FunctionSymbol, signature: Signature, origin: ir.Span | None) -> None:
        """Ask for a function instance to be checked, now or later."""
        if signature.function in self._requested:
            return
        self._requested.add(signature.function)
        if self.function_types.is_dispatcher(symbol):
            return
        depth = self._job.depth if self._job is not None else 0
        if symbol.node.type_parameters or (symbol.struct and symbol.struct.node.type_parameters):
            depth += 1
        span = origin or signature.env.span(symbol.node.name.span)
        if depth > limits.INSTANTIATION_DEPTH_MAX:
            message = f"'{symbol.node.name.name}' is instantiated without an end"
            raise CheckFailed(Diagnostic(Code.LIMIT, message, span))
        if len(self._requested) > limits.INSTANCES_MAX:
            message = f"this program needs more than {limits.INSTANCES_MAX:,} function instances"
            is_first = len(self._requested) == limits.INSTANCES_MAX + 1
            self._queue.clear()
            raise CheckFailed(Diagnostic(Code.LIMIT, message, span) if is_first else None)
        self._queue.append(Job(symbol, signature, origin, depth))

    @property
    def functions(self) -> dict[ir.FunctionId, ir.Function]:
        """The functions that are checked so far, which others that are made without a `Body` may join."""
        return self._functions

    def check_now(self, name: ir.FunctionId) -> None:
        """Check a function instance that waits for it."""
        for job in self._queue:
            if job.signature.function == name:
                self._queue.remove(job)
                self._run_job(job)
                return

    def _run_job(self, job: Job) -> None:
        outer, self._job = self._job, job
        try:
            self._check_function(job)
        except CheckFailed as failure:
            self.report(failure)
        finally:
            self._job = outer

    def _check_function(self, job: Job) -> None:
        node, signature = job.symbol.node, job.signature
        body = Body(self, signature.env, error=signature.error)
        if not (self.is_strict or signature.env.module.is_prelude):
            body.grown = cache(partial(lenient.grown_names, node))
        hidden = nested.enter(body, job.symbol)
        written = [closures.add_parameter(body, parameter) for parameter in signature.parameters]
        parameters = (*hidden, *(parameter for group in written for parameter in group))
        packs.bind(body, node, signature)
        if signature.result != ir.UNIT:
            self._add_result(body, job)
        if signature.reference is not None:
            body.referable = frozenset(
                p.local for p in parameters if p.passing in (ir.Passing.READ, ir.Passing.MUTATE)
            )
        self._start_flow(body, job)
        body.scopes.append({})
        body.declared = []

        def run() -> None:
            lifetimes.begin(body, node, parameters)
            check_statements.check_block(body, node.body)
            try:
                linear.check_end(body, body.scopes, node.name.span)
                check_statements.require_result(body, node.name.span)
            except CheckFailed as failure:
                self.report(failure)

        statements = body.nested(run, node.span)
        body.block = list(statements)
        span = signature.env.span(node.span)
        exported = decorator_text(node, "export") if job.symbol.module.is_prelude else None
        self.add(body, signature.function, parameters, span, exported)
        if job.symbol.nest is not None:
            added = self._functions[signature.function]
            self._functions[signature.function] = replace(added, is_nested=True)

    def _add_result(self, body: Body, job: Job) -> None:
        signature, node = job.signature, job.symbol.node
        name = signature.result_name
        body.result_type = signature.result
        body.result = body.new_local(name or "$result", signature.result, node.name.span)
        if name is not None:
            place = ir.LocalPlace(body.result, signature.result)
            body.bind(name, Variable(place, is_mutable=True, local=body.result))

    def _start_flow(self, body: Body, job: Job) -> None:
        if body.result is None:
            return
        is_constructor = (
            job.symbol.struct is not None and body.result_type == job.signature.env.self_type
        )
        if not is_constructor or job.signature.result_name != "self":
            body.set_state(body.result, State.EMPTY)
            return
        body.constructed = body.result
        for field in self.types.fields_of(body.result_type):
            body.set_state((body.result, field.name), State.EMPTY)

    def add(
        self,
        body: Body,
        name: ir.FunctionId,
        parameters: tuple[ir.Parameter, ...],
        span: ir.Span,
        exported: str | None = None,
    ) -> None:
        """Keep a finished function."""
        self._functions[name] = ir.Function(
            name,
            parameters,
            body.result,
            body.error,
            tuple(body.locals),
            tuple(body.block),
            span,
            exported,
        )


def _unsaid_raising(symbol: FunctionSymbol) -> Diagnostic:
    name = symbol.node.name
    message = f"'{name.name}' may raise; write 'raises' after its arguments"
    span = ir.Span(symbol.module.file, *name.span)
    return Diagnostic(Code.REMOVED, message, span, Severity.WARNING)
