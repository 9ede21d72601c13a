"""Reads a function's body as far as the meter needs it: loops, calls, returns, costs.

One pass over the bytes without an object per instruction: a module of 100 KB has 50,000 of them.
Each index is checked against what the module declares, since the rewrite adds a local, globals and
a type behind the module's own: the original must not be able to name them. Types are not checked.

Cost, metering version 1: an instruction costs one operation, `block`, `loop`, `else`, `end` and
`nop` none. All instructions of a function outside of loops form one region, those of a loop outside
of inner loops another: a region is charged as a whole when it is entered.
"""

from dataclasses import dataclass, field
from enum import IntEnum, unique
from typing import TypeAlias

from meshnode.protocol.wasm_binary import Reader, ValueType, WasmFormatError
from meshnode.protocol.wasm_opcodes import OPCODES, Immediates
from meshnode.sandbox import limits
from meshnode.sandbox.errors import ModuleRefused
from meshnode.sandbox.module_format import ParsedModule

MEMORY_COPY = 0xFC_000A
MEMORY_FILL = 0xFC_000B


@unique
class Point(IntEnum):
    """Where the rewrite may have to put something."""

    LOOP = 0
    CALL = 1
    CALL_INDIRECT = 2
    RETURN = 3
    TRAP = 4
    """`unreachable`."""
    BULK = 5
    """memory.copy, memory.fill: the number of bytes is on top of the stack."""


Mark: TypeAlias = tuple[Point, int, int, int, int]
"""(point, start, stop, region that encloses it, value): for a loop the value is its own region, for
a call the function, for an indirect call the type. Offsets are into the body's bytes."""


@dataclass(slots=True)
class Region:
    """A stretch that is charged as a whole."""

    instructions: int = 0
    calls: list[int] = field(default_factory=list)
    """Functions called directly in it, once for each call."""


@dataclass(frozen=True, slots=True)
class FunctionBody:
    """One function's body, taken apart."""

    code: bytes
    """Locals and instructions."""
    local_count: int
    """Parameters among them."""
    locals_start: int
    """Offset behind the number of groups of locals."""
    locals_groups: int
    code_start: int
    """Offset of the first instruction."""
    regions: tuple[Region, ...]
    """The first is the function itself, outside of loops."""
    marks: tuple[Mark, ...]
    """In order."""

    @property
    def has_loops(self) -> bool:
        """There is at least one loop."""
        return len(self.regions) > 1


_FREE = {0x01, 0x02, 0x03, 0x05, 0x0B}
_UNREACHABLE, _BLOCK, _LOOP, _IF, _ELSE, _END = 0x00, 0x02, 0x03, 0x04, 0x05, 0x0B
_BR, _BR_IF, _BR_TABLE, _RETURN, _CALL, _CALL_INDIRECT = 0x0C, 0x0D, 0x0E, 0x0F, 0x10, 0x11

_REFUSED = {
    0x25: "table.get",
    0x26: "table.set",
    0x40: "memory.grow",
    0xD0: "ref.null",
    0xD1: "ref.is_null",
    0xD2: "ref.func",
}
_PREFIXED_REFUSED = {
    0xFC_0008: "memory.init",
    0xFC_0009: "data.drop",
    0xFC_000C: "table.init",
    0xFC_000D: "elem.drop",
    0xFC_000E: "table.copy",
    0xFC_000F: "table.grow",
    0xFC_0011: "table.fill",
}

_PLAIN = frozenset(
    number
    for number, opcode in OPCODES.items()
    if number < 0x100 and opcode.immediates == Immediates.NONE  # noqa: PLR2004 (one byte)
    if number not in {_UNREACHABLE, _END, _ELSE, _RETURN}
    and number not in _REFUSED
    and number not in _FREE
)
_MEMORY = frozenset(
    number
    for number, opcode in OPCODES.items()
    if number < 0x100 and opcode.immediates == Immediates.MEMORY  # noqa: PLR2004 (one byte)
)


def read_body(module: ParsedModule, index: int) -> FunctionBody:
    """Read the body of the `index`-th function that is not imported.

    Raises ModuleRefused.
    """
    code = module.bodies[index]
    parameters = module.types[module.functions[index]].parameters
    try:
        return _Scanner(module, code, len(parameters)).body
    except WasmFormatError as err:
        raise ModuleRefused(f"function {index} is malformed: {err}") from err


class _Scanner:
    """One pass over one body."""

    def __init__(self, module: ParsedModule, code: bytes, parameter_count: int) -> None:
        self._module = module
        self._reader = Reader(code)
        self._regions = [Region()]
        self._marks: list[Mark] = []
        self._enclosing = [0]
        """Regions of the open blocks, innermost last; the function's own first."""
        groups = self._reader.unsigned()
        locals_start = self._reader.position
        self._local_count = self._read_locals(groups, parameter_count)
        code_start = self._reader.position
        self._scan()
        self.body = FunctionBody(
            code,
            self._local_count,
            locals_start,
            groups,
            code_start,
            tuple(self._regions),
            tuple(self._marks),
        )

    def _read_locals(self, groups: int, parameter_count: int) -> int:
        count = parameter_count
        for _ in range(groups):
            count += self._reader.unsigned()
            if self._reader.byte() not in (*_NUMBERS, ValueType.V128):
                raise ModuleRefused("a local is neither a number nor a vector")
            if count > limits.LOCALS_MAX:
                raise ModuleRefused(f"a function has more than {limits.LOCALS_MAX} locals")
        return count

    def _scan(self) -> None:
        reader, data = self._reader, self._reader.data
        plain, memory, size = _PLAIN, _MEMORY, len(data)
        count = 0
        while reader.position < size:
            opcode = data[reader.position]
            if opcode in plain:
                reader.position += 1
                count += 1
            elif opcode in memory:
                reader.position += 1
                count += 1
                self._memory_argument()
            else:
                self._regions[self._enclosing[-1]].instructions += count
                count = 0
                self._instruction(opcode)
                if not self._enclosing:
                    reader.end()
                    return
        raise ModuleRefused("a function does not end")

    def _memory_argument(self) -> None:
        if self._reader.byte() >= 0x20:  # noqa: PLR2004 (larger exponents mean other memories)
            raise ModuleRefused("a load or store has a strange alignment")
        self._reader.unsigned()

    def _instruction(self, opcode: int) -> None:
        reader = self._reader
        start = reader.position
        reader.position += 1
        region = self._enclosing[-1]
        if opcode not in _FREE:
            self._regions[region].instructions += 1
        if opcode in _REFUSED:
            raise ModuleRefused(f"the instruction {_REFUSED[opcode]} is not allowed")
        if opcode in (_BLOCK, _LOOP, _IF):
            self._open_block(opcode, start)
        elif opcode == _END:
            self._enclosing.pop()
        elif opcode == _UNREACHABLE:
            self._marks.append((Point.TRAP, start, reader.position, region, 0))
        elif opcode in _CONTROL:
            self._control(opcode, start, region)
        elif opcode in (0xFC, 0xFD):
            self._prefixed(opcode, start, region)
        elif opcode not in _FREE:
            self._operand(opcode)

    def _operand(self, opcode: int) -> None:
        reader = self._reader
        if opcode in _VARIABLES:
            index = reader.unsigned()
            is_local = opcode <= _LOCAL_TEE
            if index >= (self._local_count if is_local else len(self._module.globals)):
                raise ModuleRefused("an instruction names an unknown local or global")
        elif opcode == _I32_CONST:
            reader.signed(32)
        elif opcode == _I64_CONST:
            reader.signed(64)
        elif opcode in (_F32_CONST, _F64_CONST):
            reader.take(4 if opcode == _F32_CONST else 8)
        elif opcode == _MEMORY_SIZE:
            reader.byte()
        elif opcode == _SELECT_TYPED:
            reader.sized_bytes()
        else:
            raise ModuleRefused(f"the instruction {opcode:#04x} is not allowed")

    def _open_block(self, opcode: int, start: int) -> None:
        block_type = self._reader.signed(33)
        if block_type >= len(self._module.types):
            raise ModuleRefused("a block has an unknown type")
        if len(self._enclosing) > limits.NESTING_MAX:
            raise ModuleRefused(f"blocks are nested deeper than {limits.NESTING_MAX}")
        region = self._enclosing[-1]
        if opcode == _LOOP:
            self._marks.append(
                (Point.LOOP, start, self._reader.position, region, len(self._regions))
            )
            region = len(self._regions)
            self._regions.append(Region())
        self._enclosing.append(region)

    def _control(self, opcode: int, start: int, region: int) -> None:
        reader = self._reader
        if opcode in (_BR, _BR_IF):
            self._label()
        elif opcode == _BR_TABLE:
            for _ in range(reader.unsigned() + 1):
                self._label()
        elif opcode == _RETURN:
            self._marks.append((Point.RETURN, start, reader.position, region, 0))
        elif opcode == _CALL:
            function = reader.unsigned()
            if function >= self._module.function_count:
                raise ModuleRefused("a call names an unknown function")
            self._regions[region].calls.append(function)
            self._marks.append((Point.CALL, start, reader.position, region, function))
        else:
            type_index, table = reader.unsigned(), reader.unsigned()
            if type_index >= len(self._module.types) or table != 0:
                raise ModuleRefused("an indirect call names an unknown type or table")
            self._marks.append((Point.CALL_INDIRECT, start, reader.position, region, type_index))

    def _label(self) -> None:
        if self._reader.unsigned() >= len(self._enclosing):
            raise ModuleRefused("a branch names an unknown label")

    def _prefixed(self, prefix: int, start: int, region: int) -> None:
        reader = self._reader
        number = prefix << 16 | reader.unsigned()
        opcode = OPCODES.get(number)
        if number in _PREFIXED_REFUSED or opcode is None:
            name = _PREFIXED_REFUSED.get(number, f"{prefix:#04x} {number & 0xFFFF:#x}")
            raise ModuleRefused(f"the instruction {name} is not allowed")
        match opcode.immediates:
            case Immediates.MEMORY:
                self._memory_argument()
            case Immediates.MEMORY_LANE:
                self._memory_argument()
                reader.byte()
            case Immediates.LANE | Immediates.ZERO | Immediates.INDEX:
                reader.byte()
            case Immediates.ZERO2:
                reader.take(2)
            case Immediates.BYTES16:
                reader.take(16)
            case _:
                assert opcode.immediates == Immediates.NONE, opcode
        if number in (MEMORY_COPY, MEMORY_FILL):
            self._marks.append((Point.BULK, start, reader.position, region, number))


_NUMBERS = (ValueType.I32, ValueType.I64, ValueType.F32, ValueType.F64)
_CONTROL = {_BR, _BR_IF, _BR_TABLE, _RETURN, _CALL, _CALL_INDIRECT}
_LOCAL_TEE = 0x22
_VARIABLES = {0x20, 0x21, 0x22, 0x23, 0x24}
_I32_CONST, _I64_CONST, _F32_CONST, _F64_CONST = 0x41, 0x42, 0x43, 0x44
_MEMORY_SIZE = 0x3F
_SELECT_TYPED = 0x1C
