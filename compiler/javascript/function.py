"""One IR function as a JavaScript function.

The calling convention:

* scalars and vectors by value, everything else by address;
* a scalar result is returned; a struct is written where the parameter `result` says;
* a function that raises writes the error where its last parameter says, and returns `RAISED`.
"""

from typing import assert_never

from meshnode.compiler import ir
from meshnode.compiler.javascript import effects, integers, loops
from meshnode.compiler.javascript.code import Code
from meshnode.compiler.javascript.frame import Frame
from meshnode.compiler.javascript.memory import is_wide
from meshnode.compiler.javascript.names import RESERVED, Names, identifier
from meshnode.compiler.javascript.program import ProgramNames
from meshnode.compiler.javascript.ranges import Ranges, is_length
from meshnode.compiler.javascript.scopes import Scope, ScopeWriter, Try
from meshnode.compiler.javascript.tidy import WORD, tidied
from meshnode.compiler.javascript.uses import loop_locals, stray_locals
from meshnode.compiler.layout import is_owned


def written(program: ProgramNames, ranges: Ranges, function: ir.Function, frame: Frame) -> str:
    """Give a function's text.

    Its locals must not hide the global names that it uses. If one is called like any global name, the text is written
    twice: first with no such name, to see which global names there are in it.
    """
    text = FunctionWriter(program, ranges, function, frame, program.taken).write()
    if all(identifier(local.name) not in program.taken for local in function.locals):
        return text
    used = program.taken & set(WORD.findall(text)) | RESERVED
    return FunctionWriter(program, ranges, function, frame, used).write()


class FunctionWriter(ScopeWriter):
    """Writes one function's definition; used once."""

    def __init__(
        self,
        program: ProgramNames,
        ranges: Ranges,
        function: ir.Function,
        frame: Frame,
        taken: frozenset[str],
    ) -> None:
        super().__init__(program, ranges, function, frame)
        self.lines = []
        self.local_names = Names(taken)
        self.frames = []
        self.depth = 1
        self.labels = 0
        self.loop_locals = loop_locals(function)
        """Indices that nothing outside of their loop names."""
        self.counters = {local for local, is_changed in self.loop_locals.items() if not is_changed}
        """Those of them that are the loop's own counter."""
        self.counters -= set(frame.offsets)
        self.error_name = ""
        self._given: dict[ir.LocalId, str] = {}
        """Names of the parameters that must be stored in memory first."""
        self.strays: tuple[ir.LocalId, ...] = ()
        """Locals that the whole function declares."""

    def write(self) -> str:
        """Give the definition's text."""
        function = self.function
        parameters = [self._parameter(p.local) for p in function.parameters]
        if function.result is not None and function.result in self.frame.addresses:
            name = function.locals[function.result].name
            self.names[function.result] = self.local_names.take(name.lstrip("$"))
            parameters.append(self.names[function.result])
        if function.raises:
            self.error_name = self.local_names.take("error")
            parameters.append(self.error_name)
        self._begin()
        owned = self.owned(
            tuple(p.local for p in function.parameters if p.passing is ir.Passing.OWNED)
        )
        self.frames.append(Scope(owned))
        if self.block(function.body):
            self.leave_by_return()
            if self.lines[-1] == "  return;":
                self.lines.pop()
        head = (
            f"function {self.program.function_name(function.function)}({', '.join(parameters)}) {{"
        )
        return "\n".join([head, *tidied(self.lines), "}"])

    def _parameter(self, local: ir.LocalId) -> str:
        name = self.local_names.take(self.function.locals[local].name)
        if local in self.frame.offsets:
            self._given[local] = name
        else:
            self.names[local] = name
        return name

    def _begin(self) -> None:
        """Write what comes before the body: the frame, spilled parameters, the result, stray locals."""
        function, frame = self.function, self.frame
        if frame.size:
            self.emit(f"const frame = enter({frame.size});")
        for local in frame.spilled:
            declared = function.locals[local]
            name = self.local_names.take(declared.name)
            self.names[local] = name
            self.emit(f"const {name} = {self._in_frame(frame.offsets[local])};")
            value = Code(self._given[local], is_big=is_wide(declared.type))
            self.emit(self.stored(ir.LocalPlace(local, declared.type), value))
        if function.result is not None and function.result in frame.addresses:
            size = self.size(function.locals[function.result].type)
            self.emit(f"zeroed({self.names[function.result]}, {size});")
        self.strays = stray_locals(function, set(self.names) | set(self.loop_locals))
        self.declare(self.strays)

    def declare(self, locals_: tuple[ir.LocalId, ...]) -> list[str]:
        """Declare locals, as zero; gives their names."""
        taken = []
        for local in locals_:
            declared = self.function.locals[local]
            if isinstance(declared.type, ir.UnitType):
                continue
            is_result = local == self.function.result
            name = self.local_names.take(declared.name.lstrip("$") if is_result else declared.name)
            taken.append(name)
            self.names[local] = name
            if self.frame.is_variable(local):
                self.emit(f"let {name} = {self._zero(local, declared.type)};")
            else:
                place = self._in_frame(self.frame.offsets[local])
                self.emit(f"const {name} = zeroed({place}, {self.size(declared.type)});")
        return taken

    def _in_frame(self, offset: int) -> str:
        return f"frame + {offset}" if offset else "frame"

    def _clear(self, local: ir.LocalId) -> None:
        """Let a local that outlives its scope start as zero again."""
        type_ = self.function.locals[local].type
        if self.frame.is_variable(local):
            self.emit(f"{self.names[local]} = {self._zero(local, type_)};")
        else:
            self.emit(f"zeroed({self.names[local]}, {self.size(type_)});")

    def _zero(self, local: ir.LocalId, type_: ir.Type) -> str:
        match type_:
            case ir.IntType():
                return "0n" if integers.is_big(type_, self.local_interval(local)) else "0"
            case ir.BoolType():
                return "false"
            case ir.VectorType(element, count):
                return f"splat({_zero_lane(element)}, {count})"
            case _:
                return "0"

    # ------------------------------------------------------------------------------------- statements

    def block(self, block: ir.Block, *, is_own: bool = True) -> bool:
        """Write statements; tell whether their end is reached. `is_own`: the braces around are this block's."""
        for index, statement in enumerate(block):
            is_last = is_own and index == len(block) - 1
            if not self._statement(statement, is_last=is_last):
                return False
        return True

    def _statement(  # noqa: C901, PLR0911, PLR0912 - one case a variant
        self, statement: ir.Statement, *, is_last: bool
    ) -> bool:
        match statement:
            case ir.Assign(target, value):
                self._assign(target, value)
            case ir.CopyBits(target, source):
                self._copy("copy", target, source)
            case ir.Move(target, source):
                is_moved = is_owned(target.type, self.program.structs)
                self._copy("move" if is_moved else "copy", target, source)
            case ir.Drop(place):
                if is_owned(place.type, self.program.structs):
                    self.drop_at(place.type, self.address(place).text)
            case ir.Call():
                self._call(statement)
            case ir.Perform():
                return effects.perform(self, statement)
            case ir.If():
                return self._if(statement)
            case ir.ForRange():
                loops.for_range(self, statement)
            case ir.While():
                loops.while_loop(self, statement)
            case ir.Break():
                self.leave_loop(is_break=True)
                return False
            case ir.Continue():
                self.leave_loop(is_break=False)
                return False
            case ir.Return():
                self.leave_by_return()
                return False
            case ir.Raise(error):
                size = self.size(error.type)
                self.emit(f"move({self.address(error).text}, {self.error_address()}, {size});")
                self.leave_by_raise()
                return False
            case ir.Try():
                return self._try(statement)
            case ir.Scope():
                return self._scope(statement, is_last=is_last)
            case _:
                assert_never(statement)
        return True

    def _assign(self, target: ir.Place, value: ir.Expr) -> None:
        if isinstance(value.type, ir.UnitType):
            return
        if isinstance(value, ir.Load) and self._copies_word(target, value.place):
            return
        self.emit(self.stored(target, self.expression(value)))

    def _copies_word(self, target: ir.Place, source: ir.Place) -> bool:
        """Copy a 64-bit integer within memory without making a BigInt; tell whether it was done."""
        if not is_wide(target.type) or self.is_variable(target) or self.is_variable(source):
            return False
        if is_length(source, self.program.structs):
            return False
        start, stop = self.address(source).text, self.address(target).text
        if "element(" in start and "element(" in stop:  # the target's index is checked first
            return False
        self.emit(f"copy({start}, {stop}, {self.size(target.type)});")
        return True

    def _copy(self, name: str, target: ir.Place, source: ir.Place) -> None:
        if isinstance(target.type, ir.UnitType):
            return
        if not isinstance(target.type, ir.StructType):
            self._assign(target, ir.Load(source, source.type))
            return
        size = self.size(target.type)
        self.emit(f"{name}({self.address(source).text}, {self.address(target).text}, {size});")

    def _if(self, statement: ir.If) -> bool:
        self.open(f"if ({self.expression(statement.condition).text}) {{")
        then_ends = self.block(statement.then)
        otherwise_ends = True
        if statement.otherwise:
            self.close("} else {")
            self.depth += 1
            otherwise_ends = self.block(statement.otherwise)
        self.close()
        return then_ends or otherwise_ends

    def _try(self, statement: ir.Try) -> bool:
        self.labels += 1
        label, end = f"raised_{self.labels}", f"try_{self.labels}"
        frame = Try(statement.error, label)
        start, depth = len(self.lines), self.depth
        self.depth += 2
        self.frames.append(frame)
        is_open = self.block(statement.body, is_own=False)
        self.frames.pop()
        if is_open:
            is_open = self.block(statement.otherwise, is_own=False)
        body, self.lines = self.lines[start:], self.lines[:start]
        self.depth = depth
        if not frame.is_left:
            self.lines += ["  " * depth + "{", *[line[2:] for line in body], "  " * depth + "}"]
            return is_open
        self.open(f"{end}: {{")
        self.open(f"{label}: {{")
        self.lines += body
        if is_open:
            self.emit(f"break {end};")
        self.close()
        handler_ends = self.block(statement.handler)
        self.close()
        return is_open or handler_ends

    def _scope(self, statement: ir.Scope, *, is_last: bool) -> bool:
        if not is_last:
            self.open("{")
        names = self.declare(tuple(x for x in statement.locals if x not in self.strays))
        for local in statement.locals:
            if local in self.strays:
                self._clear(local)
        owned = self.owned(statement.locals)
        self.frames.append(Scope(owned))
        is_open = self.block(statement.body)
        self.frames.pop()
        if is_open:
            self.drop_all(owned)
        self.local_names.give_back(names)
        if not is_last:
            self.close()
        return is_open

    # ------------------------------------------------------------------------------------------ calls

    def _call(self, call: ir.Call) -> None:
        callee = self.program.functions[call.function]
        arguments = [self._argument(a, callee, i) for i, a in enumerate(call.arguments)]
        result = None if callee.result is None else callee.locals[callee.result].type
        own = self.frame.result_offsets.get(id(call))
        if isinstance(result, ir.StructType):
            arguments.append(self._in_frame(own) if own is not None else self._target_address(call))
        if callee.raises:
            arguments.append(self.error_address())
        text = f"{self.program.function_name(call.function)}({', '.join(arguments)})"
        is_scalar = result is not None and not isinstance(result, ir.StructType | ir.UnitType)
        value = Code(text, is_big=is_scalar and self._is_big_result(callee))
        target = call.target if is_scalar else None
        if callee.raises:
            outcome = self.local_names.take("outcome")
            self.emit(f"const {outcome} = {text};")
            self.open(f"if ({outcome} === RAISED) {{")
            self.leave_by_raise()
            self.close()
            value = Code(outcome, is_big=value.is_big)
            if target is not None:
                self.emit(self.stored(target, value))
        elif target is None:
            self.emit(f"{text};")
        elif self.is_variable(target):
            self.emit(self.stored(target, value))
        else:
            made = self.local_names.take("value")
            self.emit(f"const {made} = {text};")
            self.emit(self.stored(target, Code(made, is_big=value.is_big)))
        if own is not None and isinstance(result, ir.StructType):
            self._deliver(call.target, result, self._in_frame(own))

    def _is_big_result(self, callee: ir.Function) -> bool:
        assert callee.result is not None
        type_ = callee.locals[callee.result].type
        if not isinstance(type_, ir.IntType):
            return False
        return integers.is_big(type_, self.ranges.of_local(callee.function, callee.result))

    def _argument(self, argument: ir.Argument, callee: ir.Function, index: int) -> str:
        if isinstance(argument, ir.ByReference):
            return self.address(argument.place).text
        local = callee.parameters[index].local
        type_ = callee.locals[local].type
        if isinstance(type_, ir.IntType):
            interval = self.ranges.of_local(callee.function, local)
            return self.in_form(argument.value, type_, interval).text
        return self.expression(argument.value).text

    def _target_address(self, call: ir.Call) -> str:
        assert isinstance(call.target, ir.LocalPlace), call
        return self.names[call.target.local]

    def _deliver(self, target: ir.Place | None, type_: ir.StructType, source: str) -> None:
        """Move a result from where the callee wrote it to the target."""
        if target is None:
            self.drop_at(type_, source)
        else:
            self.emit(f"copy({source}, {self.address(target).text}, {self.size(type_)});")


def _zero_lane(element: ir.Type) -> str:
    if isinstance(element, ir.BoolType):
        return "false"
    return "0n" if is_wide(element) else "0"
