"""The intrinsics: operations of the IR that are neither operators nor prelude functions, by name.

Prelude files write them as `__intrinsic_NAME(arguments)`; generated code uses `ir.Pure` and
`ir.Perform`. This table is what the front end checks against; what each one means as LLVM IR is in
`llvm_intrinsics.py`.

Kinds of parameters and results are small predicates on IR types (`Kind`), since most intrinsics
exist for several types. `SAME` as a result means the type of the first argument.
"""

from collections.abc import Mapping
from enum import Enum, unique

import msgspec


@unique
class Kind(Enum):
    """Which IR types a parameter accepts, or which type a result has."""

    FLOAT = "Float64 or Float32"
    INTEGER = "any integer"
    SCALAR = "any number"
    """An integer or a float."""
    POINTER = "any pointer"
    INT = "Int"
    UINT = "UInt"
    INT_CONSTANT = "Int literal"
    """An `ir.Const` of type Int."""
    BOOL = "Bool"
    SAME = "the first argument's type"
    BITS = "the type of equal width"
    """Result of `bitcast`: an integer for a float, or the reverse; the caller gives the type."""
    CELL = "pointer to UInt64"
    VECTOR = "a vector"
    GIVEN = "the type that the expression gives"
    UNIT = "no result"


class Intrinsic(msgspec.Struct, frozen=True):
    """One intrinsic's signature."""

    name: str
    parameters: tuple[Kind, ...]
    result: Kind
    is_pure: bool
    """Pure ones are `ir.Pure` expressions; the others are `ir.Perform` statements."""


_PURE: Mapping[str, tuple[tuple[Kind, ...], Kind]] = {
    "sqrt": ((Kind.FLOAT,), Kind.SAME),
    "floor": ((Kind.FLOAT,), Kind.SAME),
    "ceil": ((Kind.FLOAT,), Kind.SAME),
    "trunc": ((Kind.FLOAT,), Kind.SAME),
    # Ties to even.
    "round_even": ((Kind.FLOAT,), Kind.SAME),
    "abs": ((Kind.FLOAT,), Kind.SAME),
    # Magnitude of the first, sign of the second; the sign of a NaN counts as positive.
    "copysign": ((Kind.FLOAT, Kind.SAME), Kind.SAME),
    # Between a float and the integer of its width (signed or not, as the expected type asks).
    # From a float, every NaN becomes the one quiet NaN 0x7ff8000000000000 (0x7fc00000).
    "bitcast": ((Kind.SCALAR,), Kind.BITS),
    "count_ones": ((Kind.INTEGER,), Kind.SAME),
    # Zero gives the width.
    "leading_zeros": ((Kind.INTEGER,), Kind.SAME),
    "trailing_zeros": ((Kind.INTEGER,), Kind.SAME),
    # The upper 64 bits of the 128-bit product.
    "bit_reverse": ((Kind.INTEGER,), Kind.SAME),
    # Of at least 16 bits.
    "byte_swap": ((Kind.INTEGER,), Kind.SAME),
    # A vector with the same number in all lanes.
    "splat": ((Kind.SCALAR,), Kind.GIVEN),
    # (value of each lane, …)
    "lanes": ((), Kind.GIVEN),
    # (vector, index); indices count modulo the lanes.
    "lane": ((Kind.VECTOR, Kind.INT), Kind.GIVEN),
    # (vector, index, the lane's new value)
    "with_lane": ((Kind.VECTOR, Kind.INT, Kind.SCALAR), Kind.SAME),
    # (vector, another of its type, for each lane of the result: the index of a lane of both, an Int literal, …)
    "shuffle": ((Kind.VECTOR, Kind.SAME), Kind.GIVEN),
    "mul_high_u64": ((Kind.UINT, Kind.UINT), Kind.UINT),
    # The address of the index-th element behind a pointer.
    "pointer_offset": ((Kind.POINTER, Kind.INT), Kind.SAME),
    # The address of the n-th of CELL_COUNT static 8-byte cells, zero at the start.
    "cell": ((Kind.INT_CONSTANT,), Kind.CELL),
    # Where free memory begins; aligned to 16.
    "heap_base": ((), Kind.UINT),
    # The memory's size in bytes; it never changes while a program runs.
    "memory_size": ((), Kind.UINT),
}

VARIADIC = frozenset(["lanes", "shuffle"])
"""Those that take more arguments than their parameters."""

_PERFORM: Mapping[str, tuple[tuple[Kind, ...], Kind]] = {
    # (destination, source, bytes); may overlap.
    "memory_copy": ((Kind.POINTER, Kind.POINTER, Kind.INT), Kind.UNIT),
    # (destination, value 0..255, bytes)
    "memory_fill": ((Kind.POINTER, Kind.INT, Kind.INT), Kind.UNIT),
    # (file descriptor 1 or 2, bytes, length)
    "host_print": ((Kind.INT, Kind.POINTER, Kind.INT), Kind.UNIT),
    # Says that a place is still used, for the destruction pass, which takes it out.
    "keep_alive": ((Kind.POINTER,), Kind.UNIT),
    # Never returns.
    "host_exit": ((Kind.INT,), Kind.UNIT),
    # pointer << 32 | length of a buffer that the program frees.
    "host_args": ((), Kind.UINT),
    # Nanoseconds.
    "host_time": ((), Kind.INT),
    # (loop, iterations, captures, length); the run's number, or -1 to run the loop at home.
    "host_distribute": ((Kind.INT, Kind.INT, Kind.POINTER, Kind.INT), Kind.INT),
    # (run); pointer << 32 | length of a buffer that the program frees.
    "host_next": ((Kind.INT,), Kind.UINT),
    "host_close": ((Kind.INT,), Kind.UNIT),
    # Never returns.
    "trap": ((), Kind.UNIT),
}

CELL_COUNT = 144
"""Static cells: 0 to 7 and those from 24 on belong to the allocator, 8 to 15 to tapes and captures, 16 to 18 to the
random numbers."""

INTRINSICS: Mapping[str, Intrinsic] = {
    **{
        name: Intrinsic(name, parameters, result, is_pure=True)
        for name, (parameters, result) in _PURE.items()
    },
    **{
        name: Intrinsic(name, parameters, result, is_pure=False)
        for name, (parameters, result) in _PERFORM.items()
    },
}
"""All intrinsics by name."""
