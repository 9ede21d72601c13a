"""Lowering of one IR function to LLVM IR: statements, scopes, exits and calls.

All locals are stack slots made at the function's entry; LLVM turns them into registers. The calling
convention is `signature.py`'s.
"""

from typing import assert_never

from meshnode.compiler import ir
from meshnode.compiler.layout import is_owned
from meshnode.compiler.llvm.attributes import NEVER_RETURN, attributes
from meshnode.compiler.llvm.effects import perform
from meshnode.compiler.llvm.scopes import Exit, Loop, ScopeWriter, Try
from meshnode.compiler.llvm.signature import has_result_pointer, signature
from meshnode.compiler.llvm.surroundings import Surroundings
from meshnode.compiler.llvm.text import (
    function_symbol,
    memory_type,
    tbaa_leaf,
    tbaa_tag,
    value_type,
)


def lower_function(module: Surroundings, function: ir.Function) -> str:
    """Write one function's definition."""
    return FunctionWriter(module, function).write()


class FunctionWriter(ScopeWriter):
    """Writes one function's definition."""

    def __init__(self, module: Surroundings, function: ir.Function) -> None:
        super().__init__(module, function)
        self._allocas: list[str] = []
        self._declared: set[ir.LocalId] = set()
        """Locals of scopes that were written: they start there."""
        self._owned_parameters = tuple(
            parameter.local
            for parameter in function.parameters
            if parameter.passing is ir.Passing.OWNED
            and is_owned(function.locals[parameter.local].type, module.structs)
        )

    def write(self) -> str:
        """Lower the function; called once."""
        result, parameters = signature(self.function, self.module.structs)
        numbers, subprogram = self.module.line_numbers, ""
        if numbers is not None:
            subprogram = numbers.of_function(self.function)
            self.place = numbers.of_instruction(self.function, self.function.span)
        self._place_locals()
        self.scoped(self._owned_parameters, self.function.body)
        if self.is_open:
            self.terminate(f"br label %{self.exit_label(Exit.RETURN)}")
        for exit_, label in self.exits.items():
            self.start_block(label)
            self._leave(exit_)
        starts = self._start_undeclared()
        function = self.function
        head = (
            f"define {self._linkage()}{result} {function_symbol(function.function)}"
            f"({', '.join(parameters)}) {attributes(function)}{subprogram} {{"
        )
        return "\n".join([head, "entry:", *self._allocas, *starts, *self.lines, "}"])

    def _linkage(self) -> str:
        return "hidden " if self.function.exported else "internal "

    def _place_locals(self) -> None:
        """Give every local its slot."""
        function = self.function
        references = {
            parameter.local: f"%a{index}" for index, parameter in enumerate(function.parameters)
        }
        values = {
            parameter.local
            for parameter in function.parameters
            if parameter.passing is ir.Passing.VALUE
        }
        for index, local in enumerate(function.locals):
            local_id = ir.LocalId(index)
            is_struct = isinstance(local.type, ir.StructType)
            if local_id in references and (local_id not in values or is_struct):
                self.addresses.append(references[local_id])
                continue
            if local_id == function.result and is_struct:
                self.addresses.append("%result")
                self.zero(local.type, "%result")
                continue
            slot = f"%l{index}"
            self.addresses.append(slot)
            self._allocas.append(f"  {slot} = alloca {memory_type(local.type)}")
            if local_id in references:
                self.store(local.type, references[local_id], slot, tbaa_tag(tbaa_leaf(local.type)))

    def _start_undeclared(self) -> list[str]:
        """Write the zeros of the locals that no scope declares."""
        parameters = {parameter.local for parameter in self.function.parameters}
        body, self.lines, self.is_open = self.lines, [], True
        for index, local in enumerate(self.function.locals):
            local_id = ir.LocalId(index)
            address = self.addresses[index]
            if local_id not in parameters | self._declared and address != "%result":
                self.zero(local.type, address)
        starts, self.lines = self.lines, body
        return starts

    def _leave(self, exit_: Exit) -> None:
        """Write the function's end; its scopes are already dropped."""
        function = self.function
        if function.function in NEVER_RETURN:
            self.terminate("unreachable")
            return
        result = None if function.result is None else function.locals[function.result]
        if exit_ is Exit.RAISE:
            if result is not None and function.result is not None:
                self.drop(function.result)
            self.terminate("ret i32 1")
            return
        if result is not None and not isinstance(result.type, ir.StructType):
            assert function.result is not None
            tag = tbaa_tag(tbaa_leaf(result.type))
            value = self.load(result.type, self.addresses[function.result], tag)
            if not function.raises:
                self.terminate(f"ret {value_type(result.type)} {value}")
                return
            self.store(result.type, value, "%result", tag)
        self.terminate("ret i32 0" if function.raises else "ret void")

    # ------------------------------------------------------------------------------ statements

    def statement(self, statement: ir.Statement) -> None:
        """Write one statement."""
        numbers, outer = self.module.line_numbers, self.place
        if numbers is not None:
            self.place = numbers.of_instruction(self.function, statement.span) or outer
        self._statement(statement)
        self.place = outer

    def _statement(self, statement: ir.Statement) -> None:  # noqa: C901, PLR0912 (one case a variant)
        match statement:
            case ir.Assign(target, value):
                self.assign(target, value)
            case ir.CopyBits(target, source):
                self.copy(target.type, self.address(source), self.address(target))
            case ir.Move(target, source):
                self.move(target, source)
            case ir.Drop(place):
                self.drop_at(place.type, self.address(place))
            case ir.Call():
                self._call(statement)
            case ir.Perform():
                perform(self, statement)
            case ir.If():
                self._if(statement)
            case ir.ForRange():
                self._for_range(statement)
            case ir.While():
                self._while(statement)
            case ir.Break():
                self.leave_loop(is_break=True)
            case ir.Continue():
                self.leave_loop(is_break=False)
            case ir.Return():
                self.terminate(f"br label %{self.exit_label(Exit.RETURN)}")
            case ir.Raise(error):
                address = self.address(error)
                self.copy(error.type, address, self.error_address())
                self.zero(error.type, address)
                self.terminate(f"br label %{self.exit_label(Exit.RAISE)}")
            case ir.Try():
                self._try(statement)
            case ir.Scope(locals_, body):
                self._declared.update(locals_)
                for local in locals_:
                    self.zero(self.function.locals[local].type, self.addresses[local])
                self.scoped(locals_, body)
            case _:
                assert_never(statement)

    def _if(self, statement: ir.If) -> None:
        condition = self.expression(statement.condition)
        then, otherwise, end = self.new_label("then"), self.new_label("else"), self.new_label("end")
        self.branch(condition, then, otherwise)
        self.start_block(then)
        self.block(statement.then)
        is_end_reached = self.is_open
        if self.is_open:
            self.terminate(f"br label %{end}")
        self.start_block(otherwise)
        self.block(statement.otherwise)
        if self.is_open or is_end_reached:
            self.start_block(end)

    def _while(self, statement: ir.While) -> None:
        head, body = self.new_label("while"), self.new_label("body")
        done, end = self.new_label("done"), self.new_label("end")
        self.start_block(head)
        self.block(statement.prepare)
        if not self.is_open:
            return
        self.branch(self.expression(statement.condition), body, done)
        self.start_block(body)
        self.frames.append(Loop(end, head))
        self.block(statement.body)
        self.frames.pop()
        if self.is_open:
            self.terminate(f"br label %{head}")
        self.start_block(done)
        self.block(statement.otherwise)
        self.start_block(end)

    def _for_range(self, statement: ir.ForRange) -> None:  # noqa: PLR0915 (one loop, top to bottom)
        """Count from start while in range; by steps of one directly, else by the trip count.

        The first form's increment cannot overflow, as the index is short of `stop`: `nsw` there is
        a fact.
        """
        index_type = self.function.locals[statement.index].type
        assert isinstance(index_type, ir.IntType), statement
        start, stop = self.expression(statement.start), self.expression(statement.stop)
        step, name = statement.step, value_type(index_type)
        counter = f"%counter.{self.new_label('for')}"
        self._allocas.append(f"  {counter} = alloca {name}")
        is_unit = isinstance(step, ir.Const) and step.value in (1, -1)
        first, limit, step_value = start, stop, "1"
        if not is_unit:
            step_value = self.expression(step)
            first = "0"
            limit = self._trip_count(index_type, start, stop, step_value)
        self.emit(f"store {name} {first}, ptr {counter}{tbaa_tag(tbaa_leaf(index_type))}")
        head, body, next_ = self.new_label("for"), self.new_label("body"), self.new_label("next")
        done, end = self.new_label("done"), self.new_label("end")
        self.start_block(head)
        count = self.load(index_type, counter, tbaa_tag(tbaa_leaf(index_type)))
        signed = "s" if is_unit and index_type.is_signed else "u"
        is_down = isinstance(step, ir.Const) and step.value == -1
        order = "gt" if is_unit and is_down else "lt"
        self.branch(self.value(f"icmp {signed}{order} {name} {count}, {limit}"), body, done)
        self.start_block(body)
        index = count
        if not is_unit:
            scaled = self.value(f"mul {name} {count}, {step_value}")
            index = self.value(f"add {name} {start}, {scaled}")
        tag = tbaa_tag(tbaa_leaf(index_type))
        self.store(index_type, index, self.addresses[statement.index], tag)
        self.frames.append(Loop(end, next_))
        self.block(statement.body)
        self.frames.pop()
        self.start_block(next_)
        no_wrap = ("nsw " if index_type.is_signed else "nuw ") if is_unit else ""
        change = "sub" if is_unit and is_down else "add"
        following = self.value(f"{change} {no_wrap}{name} {count}, 1")
        self.emit(f"store {name} {following}, ptr {counter}{tag}")
        self.terminate(f"br label %{head}")
        self.start_block(done)
        self.block(statement.otherwise)
        self.start_block(end)

    def _trip_count(self, type_: ir.IntType, start: str, stop: str, step: str) -> str:
        """Compute how often a range with any step runs, exactly, as an unsigned number."""
        name = value_type(type_)
        sign = "s" if type_.is_signed else "u"
        is_zero = self.value(f"icmp eq {name} {step}, 0")
        failed, checked = self.new_label("step_zero"), self.new_label("step")
        self.branch(is_zero, failed, checked)
        self.start_block(failed)
        self.trap()
        self.start_block(checked)
        is_down = self.value(f"icmp slt {name} {step}, 0") if type_.is_signed else "false"
        low = self.value(f"select i1 {is_down}, {name} {stop}, {name} {start}")
        high = self.value(f"select i1 {is_down}, {name} {start}, {name} {stop}")
        negated = self.value(f"sub {name} 0, {step}")
        stride = self.value(f"select i1 {is_down}, {name} {negated}, {name} {step}")
        is_empty = self.value(f"icmp {sign}ge {name} {low}, {high}")
        distance = self.value(f"sub {name} {high}, {low}")
        last = self.value(f"sub {name} {distance}, 1")
        full = self.value(f"udiv {name} {last}, {stride}")
        count = self.value(f"add {name} {full}, 1")
        return self.value(f"select i1 {is_empty}, {name} 0, {name} {count}")

    def _try(self, statement: ir.Try) -> None:
        handler, end = self.new_label("except"), self.new_label("end")
        self.frames.append(Try(statement.error, handler))
        self.block(statement.body)
        self.frames.pop()
        if self.is_open:
            self.block(statement.otherwise)
        if self.is_open:
            self.terminate(f"br label %{end}")
        self.start_block(handler)
        self.block(statement.handler)
        self.start_block(end)

    # ----------------------------------------------------------------------------------- calls

    def _call(self, call: ir.Call) -> None:
        callee = self.module.functions[call.function]
        arguments = [
            self._argument(argument, callee, index) for index, argument in enumerate(call.arguments)
        ]
        result_type = None if callee.result is None else callee.locals[callee.result].type
        result_address = None
        if has_result_pointer(callee):
            assert result_type is not None
            result_address = self._result_address(call, result_type)
            arguments.insert(0, f"ptr {result_address}")
        symbol = self.module.callee(call.function)
        if callee.raises:
            arguments.append(f"ptr {self.error_address()}")
            status = self.value(f"call i32 {symbol}({', '.join(arguments)})")
            has_failed = self.value(f"icmp ne i32 {status}, 0")
            succeeded = self.new_label("ok")
            self.branch(has_failed, self.exit_label(Exit.RAISE), succeeded)
            self.start_block(succeeded)
        elif result_type is None or result_address is not None:
            self.emit(f"call void {symbol}({', '.join(arguments)})")
            if call.function in NEVER_RETURN:
                self.terminate("unreachable")
                return
        else:
            value = self.value(f"call {value_type(result_type)} {symbol}({', '.join(arguments)})")
            if call.target is not None:
                self.store_place(call.target, value)
            return
        if result_address is not None and result_type is not None:
            self._deliver(call.target, result_type, result_address)

    def _argument(self, argument: ir.Argument, callee: ir.Function, index: int) -> str:
        parameter = callee.parameters[index]
        type_ = callee.locals[parameter.local].type
        match argument:
            case ir.ByValue(value):
                assert parameter.passing is ir.Passing.VALUE, (callee.function, index)
                return f"{value_type(type_)} {self.expression(value)}"
            case ir.ByReference(place):
                return f"ptr {self.address(place)}"
            case _:
                assert_never(argument)

    def _result_address(self, call: ir.Call, type_: ir.Type) -> str:
        """Give where the callee writes: the target itself if nothing else can name it."""
        target = call.target
        parameters = {parameter.local for parameter in self.function.parameters}
        if (
            isinstance(target, ir.LocalPlace)
            and target.local not in parameters
            and not any(_mentions(argument, target.local) for argument in call.arguments)
        ):
            return self.addresses[target.local]
        slot = f"%r.{self.new_label('result')}"
        self._allocas.append(f"  {slot} = alloca {memory_type(type_)}")
        return slot

    def _deliver(self, target: ir.Place | None, type_: ir.Type, source: str) -> None:
        """Move a result from where the callee wrote it to the target."""
        if target is None:
            self.drop_at(type_, source)
        elif not (isinstance(target, ir.LocalPlace) and self.addresses[target.local] == source):
            self.copy(type_, source, self.address(target))


def _mentions(argument: ir.Argument, local: ir.LocalId) -> bool:
    """Tell whether a callee may reach a local through an argument."""
    if isinstance(argument, ir.ByValue):
        value = argument.value
        return isinstance(value.type, ir.PointerType) and not isinstance(value, ir.StaticBytes)
    place = argument.place
    while not isinstance(place, ir.LocalPlace):
        if isinstance(place, ir.PointeePlace):
            return True
        place = place.base
    return place.local == local
