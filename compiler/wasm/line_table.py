"""The line table of an object: which source line each instruction comes from (DWARF 4, section 6.2)."""

from collections.abc import Iterator

from meshnode.protocol.errors import MeshError
from meshnode.protocol.wasm_binary import Reader

Row = tuple[int, int, int]
"""From an offset in the code section on: the file's number in its name, and the line."""

_VERSION = 4
_COPY, _ADVANCE_PC, _ADVANCE_LINE, _SET_FILE, _CONST_ADD_PC, _FIXED_ADVANCE_PC = 1, 2, 3, 4, 8, 9
_END_SEQUENCE, _SET_ADDRESS = 1, 2
_OPERANDS = {5: 1, 6: 0, 7: 0, 10: 0, 11: 0, 12: 1}
"""Standard opcodes of which nothing but their operands matters here."""


class LineTableError(MeshError):
    """The line table holds something that is not known here: a bug of the compiler."""


def read_rows(section: bytes) -> list[Row]:
    """Read the rows of `.debug_line`, by ascending offset; the file's names are numbers."""
    reader = Reader(section)
    rows: list[Row] = []
    while not reader.is_at_end:
        unit = Reader(reader.take(_fixed(reader, 4)))
        if _fixed(unit, 2) != _VERSION:
            raise LineTableError("a line table of another version")
        rows += _read_unit(unit)
    return sorted(rows)


def _fixed(reader: Reader, size: int) -> int:
    return int.from_bytes(reader.take(size), "little")


def _text(reader: Reader) -> str:
    characters = bytearray()
    while byte := reader.byte():
        characters.append(byte)
    return characters.decode()


def _read_unit(unit: Reader) -> Iterator[Row]:
    program_start = _fixed(unit, 4) + unit.position
    _fixed(unit, 3)  # instructions are bytes, one operation each; statements do not matter
    line_base = int.from_bytes(unit.take(1), "little", signed=True)
    line_range, opcode_base = unit.byte(), unit.byte()
    unit.take(opcode_base - 1)
    while _text(unit):
        pass
    files = [0]
    while name := _text(unit):
        files.append(int(name))
        for _ in range(3):
            unit.unsigned()
    assert unit.position == program_start, "a header longer than it is known here"
    while not unit.is_at_end:
        yield from _read_sequence(unit, files, (line_base, line_range, opcode_base))


def _read_sequence(  # noqa: C901, PLR0912 - one case an opcode
    unit: Reader, files: list[int], special: tuple[int, int, int]
) -> Iterator[Row]:
    """Run the line program to the end of one sequence."""
    line_base, line_range, opcode_base = special
    address, file, line = 0, 1, 1
    while not unit.is_at_end:
        opcode = unit.byte()
        if opcode >= opcode_base:
            advance, step = divmod(opcode - opcode_base, line_range)
            address, line = address + advance, line + line_base + step
            yield address, files[file], line
        elif opcode == 0:
            content = Reader(unit.sized_bytes())
            kind = content.byte()
            if kind == _END_SEQUENCE:
                return
            if kind == _SET_ADDRESS:
                address = _fixed(content, 4)
        elif opcode == _COPY:
            yield address, files[file], line
        elif opcode == _ADVANCE_PC:
            address += unit.unsigned()
        elif opcode == _ADVANCE_LINE:
            line += unit.signed(32)
        elif opcode == _SET_FILE:
            file = unit.unsigned()
        elif opcode == _CONST_ADD_PC:
            address += (255 - opcode_base) // line_range
        elif opcode == _FIXED_ADVANCE_PC:
            address += _fixed(unit, 2)
        elif opcode in _OPERANDS:
            for _ in range(_OPERANDS[opcode]):
                unit.unsigned()
        else:
            raise LineTableError(f"line number opcode {opcode}")
