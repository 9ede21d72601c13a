"""The slice module of a program: `mesh_load`, `mesh_chunk` and the record function of each split loop."""

from collections.abc import Iterator

import msgspec

from meshnode.compiler import ir
from meshnode.compiler.loops import forms as form_rules
from meshnode.compiler.loops.build import (
    GENERATED,
    TAPE,
    Locals,
    assign,
    binary,
    call,
    cell,
    const,
    count_up,
    load,
    perform,
    pointee,
    scope,
    size_of,
    when,
)
from meshnode.compiler.loops.capture import captures_struct, place_at, substitute
from meshnode.compiler.loops.closed import Closed
from meshnode.compiler.loops.draws import SEED, check_iteration, counted_map, go_to
from meshnode.compiler.loops.home import word_value
from meshnode.compiler.loops.leaving import leaving_in, stopping
from meshnode.compiler.loops.pack import Packer, is_scalar
from meshnode.compiler.loops.plan import LoopPlan
from meshnode.compiler.loops.skip import advance
from meshnode.compiler.loops.walk import Path, blocks_of, leaves_abruptly, map_places

_DONE, _COMMITTED, _BASE, _WRITTEN, _CAPTURES = 8, 9, 10, 11, 13
"""Static cells; `tape.mojo` tells their meaning."""

_I32 = ir.IntType(32, is_signed=True)
_UINT8_POINTER = ir.PointerType(ir.UINT8)


class SplitLoop(msgspec.Struct, frozen=True):
    """A split loop with its number and the locals that its code uses."""

    plan: LoopPlan
    number: int
    table: Locals


def slice_module(
    loops: tuple[SplitLoop, ...], packer: Packer
) -> tuple[dict[ir.FunctionId, ir.Function], dict[ir.StructId, ir.StructDefinition]]:
    """Make the functions and structs that a slice module has beyond the program's."""
    functions: dict[ir.FunctionId, ir.Function] = {}
    structs: dict[ir.StructId, ir.StructDefinition] = {}
    for loop in loops:
        definition = captures_struct(loop.plan, loop.number)
        structs[definition.struct] = definition
        for function in (_load_function(loop, packer), _record_function(loop)):
            functions[function.function] = function
    for function in (_mesh_load(loops), _mesh_chunk(loops)):
        functions[function.function] = function
    return functions, structs


def _name(kind: str, loop: SplitLoop) -> ir.FunctionId:
    return ir.FunctionId(f"${kind}{loop.number}")


def _captures_type(loop: SplitLoop) -> ir.StructType:
    return ir.StructType(ir.StructId(f"$Captures{loop.number}"))


def _load_function(loop: SplitLoop, packer: Packer) -> ir.Function:
    """Unpack a loop's captures into a block of the heap that lives as long as the instance."""
    table = Locals()
    tape = table.add("tape", TAPE)
    address = table.add("$address", ir.UINT)
    struct = _captures_type(loop)
    captures = pointee(load(address), struct)
    definition = captures_struct(loop.plan, loop.number)
    pops = [
        statement
        for f in definition.fields
        for statement in packer.pop(ir.FieldPlace(captures, f.name, f.type), tape, table)
    ]
    body = (
        call("_allocate", size_of(struct), target=address),
        *pops,
        assign(cell(_CAPTURES), load(address)),
    )
    parameter = ir.Parameter(tape.local, ir.Passing.MUTATE)
    return _function(_name("load", loop), (parameter,), None, table, body)


def _record_function(loop: SplitLoop) -> ir.Function:
    """Run whole iterations of a chunk and commit each."""
    plan = loop.plan
    table = Locals(list(loop.table.table))
    captures = table.add("$captures", _captures_type(loop))
    first, stop, number = (table.add(f"${n}", ir.INT) for n in ("first", "stop", "number"))
    unpack: list[ir.Statement] = []
    held: dict[Path, ir.LocalPlace] = {}
    for index, path in enumerate(plan.captures):
        type_ = plan.body.names.type_at(path)
        place = place_at(path, plan)
        local = place if isinstance(place, ir.LocalPlace) else table.add("$capture", type_)
        held[path] = local
        source = ir.FieldPlace(captures, f"capture{index}", type_)
        copy = assign(local, load(source)) if is_scalar(type_) else _borrow(local, source)
        unpack.append(copy)
    record = map_places(plan.record, lambda place: substitute(place, held))
    stopped = table.add("$stopped", ir.BOOL)
    leaves = bool(leaving_in(record))
    record = stopping(record, stopped)
    iteration = (
        _index(plan, captures, number),
        *_once(record, table),
    )
    scratch = tuple(
        ir.LocalPlace(local, plan.body.function.locals[local].type) for local in plan.scratch
    )
    before, commit = _row(plan, table) if plan.forms else ((), (call("_tape_commit"),))
    go, check = _random_numbers(plan, captures, load(first), table)
    ahead_of_chunk, commit = (*before, *go), (*check, *commit)
    stop_here = (when(load(stopped), (ir.Break(GENERATED),)),) if leaves else ()
    body = (scope(scratch, iteration), *commit, *stop_here)
    start = assign(stopped, ir.Const(ir.BOOL, value=False))
    chunk: ir.Block = (*ahead_of_chunk, start, count_up(number, load(first), load(stop), body))
    if plan.body.may_raise():
        chunk = _trapping(chunk, table, plan.body.module)
    parameters = (
        ir.Parameter(first.local, ir.Passing.VALUE),
        ir.Parameter(stop.local, ir.Passing.VALUE),
        ir.Parameter(captures.local, ir.Passing.READ),
    )
    ahead = [s for c in _computed(plan) for s in advance(c, load(first), table)]
    ahead = list(map_places(tuple(ahead), lambda place: substitute(place, held)))
    return _function(_name("record", loop), parameters, None, table, (*unpack, *ahead, *chunk))


def _random_numbers(
    plan: LoopPlan, captures: ir.LocalPlace, first: ir.Expr, table: Locals
) -> tuple[ir.Block, ir.Block]:
    """Give what sets the generator at a chunk's start, and what checks an iteration's draws."""
    if not plan.body.draws:
        return (), ()
    expected = table.add("$expected", ir.UINT)
    map_, code = counted_map(plan.body.draws, table)
    seed = load(ir.FieldPlace(captures, "seed", ir.UINT))
    taken = load(ir.FieldPlace(captures, "taken", ir.UINT))
    start = (assign(cell(SEED), seed), *code, *go_to(map_, taken, first, expected))
    return start, check_iteration(map_, expected)


def _computed(plan: LoopPlan) -> tuple[Closed, ...]:
    """Give the variables with a closed form that the chunk has."""
    captured = {path.local for path in plan.captures}
    return tuple(closed for closed in plan.body.closed if closed.variable.local in captured)


def _borrow(target: ir.LocalPlace, source: ir.Place) -> ir.CopyBits:
    """Give a capture a second name: read only, and never dropped since no scope declares it."""
    return ir.CopyBits(target, source, GENERATED)


def _index(plan: LoopPlan, captures: ir.LocalPlace, number: ir.LocalPlace) -> ir.Assign:
    start = load(ir.FieldPlace(captures, "start", ir.INT))
    step = load(ir.FieldPlace(captures, "step", ir.INT))
    offset = binary(ir.BinaryOp.MUL, load(number), step)
    index = ir.LocalPlace(plan.body.loop.index, ir.INT)
    return assign(index, binary(ir.BinaryOp.ADD, start, offset))


def _once(body: ir.Block, table: Locals) -> ir.Block:
    """Keep a `Continue` of the iteration from jumping over what follows it."""
    if not any(leaves_abruptly(statement) for statement in body):
        return body
    once = table.add("$once", ir.INT)
    return (count_up(once, const(0), const(1), body),)


def _trapping(body: ir.Block, table: Locals, module: ir.Module) -> ir.Block:
    """End the chunk when an error leaves an iteration; home runs that iteration itself."""
    raised = next(_errors_leaving(body, module), None)
    if raised is None:
        return body
    error = table.add("$error", raised)
    handler = (perform("trap"),)
    return (scope((error,), (ir.Try(body, error.local, handler, (), GENERATED),)),)


def _errors_leaving(block: ir.Block, module: ir.Module) -> Iterator[ir.Type]:
    """Walk the types of the errors that leave a block: they are all the same."""
    for statement in block:
        match statement:
            case ir.Raise(error):
                yield error.type
            case ir.Call(function=name) if not name.startswith("$"):
                error_type = module.functions[name].error
                if error_type is not None:
                    yield error_type
            case ir.Try(handler=handler, otherwise=otherwise):
                yield from _errors_leaving(handler, module)
                yield from _errors_leaving(otherwise, module)
            case _:
                for inner in blocks_of(statement):
                    yield from _errors_leaving(inner, module)


def _row(plan: LoopPlan, table: Locals) -> tuple[ir.Block, ir.Block]:
    """Accumulate in variables, stored in the tape's first words after each whole iteration.

    Gives what goes before the chunk's loop and what ends an iteration. The latter has no call and no branch: metering
    stops a chunk before it or after it.
    """
    row = table.add("$row", ir.UINT)
    room = table.add("$room", _UINT8_POINTER)
    words = [place for form in plan.forms for place in form_rules.words_of(form)]
    stores = [
        assign(
            pointee(binary(ir.BinaryOp.ADD, load(row), ir.Const(ir.UINT, 8 * position)), ir.UINT),
            word_value(place),
        )
        for position, place in enumerate(words)
    ]
    commit = (
        assign(row, load(cell(_BASE))),
        *stores,
        assign(cell(_COMMITTED), load(cell(_WRITTEN))),
        assign(cell(_DONE), binary(ir.BinaryOp.ADD, load(cell(_DONE)), ir.Const(ir.UINT, 1))),
    )
    starts = [statement for form in plan.forms for statement in form_rules.start(form)]
    size = const(8 * len(words))
    return (call("_tape_room", size, target=room), call("_tape_advance", size), *starts), commit


def _mesh_load(loops: tuple[SplitLoop, ...]) -> ir.Function:
    table = Locals()
    pointer, length = table.add("pointer", _I32), table.add("length", _I32)
    tape, number = table.add("$tape", TAPE), table.add("$number", ir.UINT)
    address = ir.Convert(ir.Convert(load(pointer), ir.IntType(32, is_signed=False)), ir.UINT)
    branches: ir.Block = (perform("trap"),)
    for loop in loops:
        is_it = ir.Compare(ir.CompareOp.EQ, load(number), ir.Const(ir.UINT, loop.number))
        branches = (when(is_it, (call(_name("load", loop), tape),), branches),)
    body = (
        call("_tape_open", tape, address, ir.Convert(load(length), ir.INT)),
        call("_pop_word", tape, target=number),
        *branches,
        call("_check_read", tape),
    )
    parameters = tuple(ir.Parameter(p.local, ir.Passing.VALUE) for p in (pointer, length))
    return _function(ir.FunctionId("$mesh_load"), parameters, None, table, body, "mesh_load")


def _mesh_chunk(loops: tuple[SplitLoop, ...]) -> ir.Function:
    table = Locals()
    number = table.add("loop", _I32)
    first, stop = table.add("first", ir.INT), table.add("stop", ir.INT)
    result = table.add("result", ir.UINT)
    branches: ir.Block = (perform("trap"),)
    for loop in loops:
        captures = pointee(load(cell(_CAPTURES)), _captures_type(loop))
        record = call(_name("record", loop), load(first), load(stop), captures)
        is_it = ir.Compare(ir.CompareOp.EQ, load(number), ir.Const(_I32, loop.number))
        branches = (when(is_it, (record,), branches),)
    base = binary(ir.BinaryOp.SHL, load(cell(_BASE)), ir.Const(ir.UINT, 32))
    packed = binary(ir.BinaryOp.OR, base, load(cell(_COMMITTED)))
    body = (call("_tape_start"), *branches, assign(result, packed))
    parameters = tuple(ir.Parameter(p.local, ir.Passing.VALUE) for p in (number, first, stop))
    return _function(
        ir.FunctionId("$mesh_chunk"), parameters, result.local, table, body, "mesh_chunk"
    )


def _function(
    name: ir.FunctionId,
    parameters: tuple[ir.Parameter, ...],
    result: ir.LocalId | None,
    table: Locals,
    body: ir.Block,
    exported: str | None = None,
) -> ir.Function:
    return ir.Function(
        function=name,
        parameters=parameters,
        result=result,
        error=None,
        locals=tuple(table.table),
        body=body,
        span=GENERATED,
        exported=exported,
    )
