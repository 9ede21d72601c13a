"""Lowering of one IR function to LLVM IR: statements, scopes, exits and calls.

All locals are stack slots made at the function's entry; LLVM turns them into registers. The calling
convention is `signature.py`'s.
"""

from typing import assert_never

from meshnode.compiler import ir
from meshnode.compiler.llvm.attributes import NEVER_RETURN, attributes, is_long_loop, packs_captures
from meshnode.compiler.llvm.calls import CallWriter
from meshnode.compiler.llvm.effects import perform
from meshnode.compiler.llvm.holding import Jump
from meshnode.compiler.llvm.scopes import Exit, Loop, Try
from meshnode.compiler.llvm.signature import signature
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


class FunctionWriter(CallWriter):
    """Writes one function's definition."""

    def __init__(self, module: Surroundings, function: ir.Function) -> None:
        super().__init__(module, function)
        self._has_loop = False
        self._declared: set[ir.LocalId] = set()
        """Locals of scopes that were written: they start there."""

    def write(self) -> str:
        """Lower the function; called once."""
        result, parameters = signature(self.function, self.module.structs)
        numbers, subprogram = self.module.line_numbers, ""
        if numbers is not None:
            subprogram = numbers.of_function(self.function)
            self.place = numbers.of_instruction(self.function, self.function.span)
        self._place_locals()
        self.scoped(self.owned_parameters(), self.function.body)
        if self.is_open:
            self.terminate(f"br label %{self.exit_label(Exit.RETURN)}")
        for exit_, jump in self.exits.items():
            self.start_block(jump.label)
            self.holding.start(jump)
            self._leave(exit_)
        starts = self._start_undeclared()
        function = self.function
        head = (
            f"define {self._linkage()}{result} {function_symbol(function.function)}"
            f"({', '.join(parameters)}) {self._attributes()}{subprogram} {{"
        )
        return "\n".join([head, "entry:", *self.allocas, *starts, *self.needed_lines(), "}"])

    def _attributes(self) -> str:
        function = self.function
        words = attributes(function)
        packs = packs_captures(function)
        is_rare = packs is not None and packs != self.module.is_slice_text()
        is_called_in_loop = function.function in self.module.in_loops
        if is_rare or is_long_loop(
            function,
            len(self.lines),
            has_loop=self._has_loop,
            is_called_in_loop=is_called_in_loop,
        ):
            words += " noinline"
        return words

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
            self.allocas.append(f"  {slot} = alloca {memory_type(local.type)}")
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
                self.drop(ir.LocalPlace(function.result, result.type))
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
                self.copy(target.type, self.address(source), self.target_address(target))
            case ir.Move(target, source):
                self.move(target, source)
            case ir.Drop(place):
                self.drop(place)
            case ir.Call():
                self.call(statement)
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
                self.leave_empty(error, address)
                self.terminate(f"br label %{self.exit_label(Exit.RAISE)}")
            case ir.Try():
                self._try(statement)
            case ir.Scope(locals_, body):
                self._declared.update(locals_)
                for local in locals_:
                    self.holding.empty(local)
                    self.zero_local(local)
                self.scoped(locals_, body)
            case _:
                assert_never(statement)

    def _if(self, statement: ir.If) -> None:
        condition = self.expression(statement.condition)
        then, otherwise, end = (
            self.new_label("then"),
            self.new_label("else"),
            Jump(self.new_label("end")),
        )
        self.branch(condition, then, otherwise)
        before = self.holding.now
        is_end_reached = False
        for label, block in ((then, statement.then), (otherwise, statement.otherwise)):
            self.start_block(label)
            self.holding.now = before.copy()
            self.block(block)
            if self.is_open:
                is_end_reached = True
                self.jump(end)
        if is_end_reached:
            self.start_block(end.label)
            self.holding.start(end)

    def _while(self, statement: ir.While) -> None:
        self._has_loop = True
        head, body = self.new_label("while"), self.new_label("body")
        done, end = self.new_label("done"), Jump(self.new_label("end"))
        self.holding.begin_loop()
        self.frames.append(Loop(end.label, head))
        self.start_block(head)
        self.block(statement.prepare)
        if not self.is_open:
            self.frames.pop()
            self.holding.end_loop(self.jumps())
            return
        self.branch(self.expression(statement.condition), body, done)
        self.start_block(body)
        self.block(statement.body)
        self.frames.pop()
        if self.is_open:
            self.terminate(f"br label %{head}")
        self.holding.end_loop(self.jumps())
        self._finish_loop(done, statement.otherwise, end)

    def _for_range(self, statement: ir.ForRange) -> None:  # noqa: PLR0915 (one loop, top to bottom)
        """Count from start while in range; by steps of one directly, else by the trip count.

        The first form's increment cannot overflow, as the index is short of `stop`: `nsw` there is
        a fact.
        """
        self._has_loop = True
        index_type = self.function.locals[statement.index].type
        assert isinstance(index_type, ir.IntType), statement
        start, stop = self.expression(statement.start), self.expression(statement.stop)
        step, name = statement.step, value_type(index_type)
        counter = f"%counter.{self.new_label('for')}"
        self.allocas.append(f"  {counter} = alloca {name}")
        is_unit = isinstance(step, ir.Const) and step.value in (1, -1)
        first, limit, step_value = start, stop, "1"
        if not is_unit:
            step_value = self.expression(step)
            first = "0"
            limit = self._trip_count(index_type, start, stop, step_value)
        self.emit(f"store {name} {first}, ptr {counter}{tbaa_tag(tbaa_leaf(index_type))}")
        head, body, next_ = self.new_label("for"), self.new_label("body"), self.new_label("next")
        done, end = self.new_label("done"), Jump(self.new_label("end"))
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
        self.holding.begin_loop()
        self.frames.append(Loop(end.label, next_))
        self.block(statement.body)
        self.frames.pop()
        self.holding.end_loop(self.jumps())
        self.start_block(next_)
        no_wrap = ("nsw " if index_type.is_signed else "nuw ") if is_unit else ""
        change = "sub" if is_unit and is_down else "add"
        following = self.value(f"{change} {no_wrap}{name} {count}, 1")
        self.emit(f"store {name} {following}, ptr {counter}{tag}")
        self.terminate(f"br label %{head}")
        self._finish_loop(done, statement.otherwise, end)

    def _finish_loop(self, done: str, otherwise: ir.Block, end: Jump) -> None:
        """Write what follows a loop that was not broken out of."""
        self.holding.arrive(end)  # from the loop's breaks
        self.start_block(done)
        self.block(otherwise)
        if self.is_open:
            self.jump(end)
        self.start_block(end.label)
        self.holding.start(end)

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
        handler, end = Jump(self.new_label("except")), Jump(self.new_label("end"))
        self.frames.append(Try(statement.error, handler))
        self.block(statement.body)
        self.frames.pop()
        if self.is_open:
            self.block(statement.otherwise)
        if self.is_open:
            self.jump(end)
        self.start_block(handler.label)
        self.holding.start(handler)
        self.holding.fill(statement.error)
        self.block(statement.handler)
        if self.is_open:
            self.jump(end)
        self.start_block(end.label)
        self.holding.start(end)
