"""The typed IR: what a program means, after names and types are known and before loops are split and code is made.

The IR is structured (design note compiler.md, decision 1): functions of blocks with `If`, `While`, `ForRange`,
`Try` and `Scope`, never a graph of basic blocks, since loop analysis and explanation need the structure and LLVM
makes SSA by itself.

Rules that every pass keeps and may rely on:

* **Expressions are pure trees** over loaded values. They never call functions, print or allocate; what they can do
  wrong is trap (`ElementPlace` out of bounds, `TRUNC_DIV` by zero). Calls are statements, so a nested call was put
  into a local before. `and`/`or`, ternaries with calls and chained comparisons are `If`s that assign a local.
* **Statements act on places.** A place is a local, or a field, an element of a `List`, or a pointee of a place.
  `ref` names of the source are resolved to the place that they name (with index expressions evaluated once, into
  locals), so aliasing is visible.
* **Ownership is explicit.** A type is *trivial* (plain bits: numbers, Bool, pointers, structs of these) or *owned*
  (`StructDefinition.drop` is set: List, String and structs that hold such). Owned values are only ever moved by
  `Move` (copy the bits, then zero the source) or given to a callee that takes them over; an all-zero owned value is
  empty, and dropping it does nothing. Copies are calls of the type's `copy` function.
* **Structs with destructors of the program's own** have a last field `$alive`, which their constructors set: an object
  is empty if it is False, whatever its other fields hold, and only `drop` reads it.
* **`Scope` declares locals.** On entry its owned locals are zeroed; on *every* exit (fall through, `Break`,
  `Continue`, `Return`, `Raise`, a raising `Call`) its owned locals are dropped, last declared first. Locals declared
  in a scope inside a loop's body are private to the iteration. A function's parameters and its result belong to no
  scope; owned (`OWNED`) parameters are dropped by the callee on every exit.
* **Results are a place.** A function with a result has a `result` local; `Return` has no operand. `out` arguments and
  constructors (`__init__(out self, ...)`) are functions whose result local is `self`.
* **Errors are values**: a callee with an error type may come back with an error; `Call` then goes to the innermost
  `Try` of its function, or leaves the function raising. What is raised has exactly the type of that `Try`'s error
  local, or the function's error type: conversions into the prelude's `Error` are written out.

Nothing here does anything: evaluation, printing (`ir_text.py`) and lowering (`llvm/lower.py`) are elsewhere.
"""

from collections.abc import Mapping
from enum import Enum, unique
from typing import NewType

import msgspec

LocalId = NewType("LocalId", int)
"""Index of a local in its function."""

FunctionId = NewType("FunctionId", str)
"""Readable unique name of a function instance: `steps`, `List[Int].append`, `max[Float64]`, `f(Int)` if overloaded."""

StructId = NewType("StructId", str)
"""Readable unique name of one struct instance: `Body`, `List[Float64]`, `Tuple[Int, String]`, `String`, `Error`."""


class Node(msgspec.Struct, frozen=True, gc=False, array_like=True, tag=True, tag_field="node"):
    """What a tree of IR is made of; can be written as MessagePack."""


class Span(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A stretch of source text; lines and columns count from 1, `stop_column` is one past the last character."""

    file: str
    """`<program>`'s path as the user gave it, or `prelude/NAME.mojo`."""
    line: int
    column: int
    stop_line: int
    stop_column: int


# ---------------------------------------------------------------------------------------------------------- types


class IntType(Node, frozen=True):
    """A two's complement integer that wraps. Int is (64, signed), UInt (64, unsigned); both print as such."""

    bits: int
    """8, 16, 32 or 64."""
    is_signed: bool
    is_fixed: bool = False
    """Int64 and UInt64, which Mojo keeps apart from Int and UInt though they are as wide; False for other widths."""


class FloatType(Node, frozen=True):
    """An IEEE 754 binary number."""

    bits: int
    """32 or 64."""


class BoolType(Node, frozen=True):
    """True or False; one byte in memory."""


class DTypeType(Node, frozen=True):
    """The type of `DType.float64` and the like: one byte, the code of `check/types/dtype_names.py`."""


class VectorType(Node, frozen=True):
    """`SIMD[dtype, n]` with n > 1: an expression holds all lanes; operators work on each.

    In memory the lanes stand one after the other, aligned as one of them.
    """

    element: "IntType | FloatType | BoolType"
    lanes: int
    """A power of two."""


class UnitType(Node, frozen=True):
    """The type of functions without result."""


class PointerType(Node, frozen=True):
    """An address in linear memory; only the prelude and generated code use it."""

    pointee: "Type"


class StructType(Node, frozen=True):
    """A struct instance, defined in `Module.structs`; tuples, `List` and `String` are structs too."""

    struct: StructId


Type = IntType | FloatType | BoolType | DTypeType | VectorType | UnitType | PointerType | StructType

INT = IntType(64, is_signed=True)
UINT = IntType(64, is_signed=False)
UINT8 = IntType(8, is_signed=False)
INT64 = IntType(64, is_signed=True, is_fixed=True)
UINT64 = IntType(64, is_signed=False, is_fixed=True)
FLOAT64 = FloatType(64)
FLOAT32 = FloatType(32)
BOOL = BoolType()
DTYPE = DTypeType()
UNIT = UnitType()


class Field(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A named member of a struct."""

    name: str
    type: Type


class StructDefinition(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One struct instance with its layout in declaration order (offsets as in C, `layout.py`)."""

    struct: StructId
    fields: tuple[Field, ...]
    element: Type | None
    """The element type if this is an instance of the prelude's `List` (fields `data`, `length`, `capacity`)."""
    drop: FunctionId | None
    """Destroys one value, given by reference; None if the type is trivial."""
    copy: FunctionId | None
    """Makes a copy: takes the source by reference, returns the copy; None if trivial or not copyable."""
    move: FunctionId | None = None
    """The program's own move constructor, or one made of those of the fields; None if moving is copying bits."""


# ----------------------------------------------------------------------------------------------------- expressions


@unique
class BinaryOp(Enum):
    """Operators on two operands of one scalar or vector type, with that type as the result; integers wrap."""

    ADD = "+"
    SUB = "-"
    MUL = "*"
    DIV = "/"
    """Floats only."""
    TRUNC_DIV = "trunc_div"
    """Integers: Mojo's `/`, truncating; zero traps; MIN / -1 = MIN."""
    FLOOR_DIV = "//"
    """Integers: floors; `x // 0` is 0; MIN // -1 = MIN. (Floats: a prelude function.)"""
    MOD = "%"
    """Integers: the divisor's sign; `x % 0` is 0. (Floats: a prelude function.)"""
    AND = "&"
    OR = "|"
    XOR = "^"
    SHL = "<<"
    """The count is masked to the width."""
    SHR = ">>"
    """Arithmetic on signed types; the count is masked."""


@unique
class CompareOp(Enum):
    """Comparisons of two operands of one type (ordered on floats, but `!=`); the result is Bool, of vectors a mask."""

    EQ = "=="
    NE = "!="
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="


@unique
class UnaryOp(Enum):
    """Operators on one scalar."""

    NEG = "-"
    INVERT = "~"
    NOT = "not"


class Const(Node, frozen=True):
    """A scalar constant; integers are already wrapped into their type's range."""

    type: Type
    value: int | float | bool


class StaticBytes(Node, frozen=True):
    """The address of constant bytes (string literals); equal bytes may share an address."""

    data: bytes
    type: PointerType = PointerType(UINT8)


class Load(Node, frozen=True):
    """The value in a place of scalar type."""

    place: "Place"
    type: Type


class Binary(Node, frozen=True):
    """`left op right`."""

    op: BinaryOp
    left: "Expr"
    right: "Expr"
    type: Type
    span: Span


class Compare(Node, frozen=True):
    """`left op right`, a Bool, or a vector of as many."""

    op: CompareOp
    left: "Expr"
    right: "Expr"
    type: Type = BOOL


class Unary(Node, frozen=True):
    """`op operand`."""

    op: UnaryOp
    operand: "Expr"
    type: Type


class Convert(Node, frozen=True):
    """A numeric conversion.

    Integers wrap or extend by the *source's* sign; floats to integers truncate and saturate (NaN gives 0); Bool to
    number gives 0 or 1. Pointers convert to pointers and to and from UInt freely. Vectors convert lane by lane.
    """

    operand: "Expr"
    type: Type


class Select(Node, frozen=True):
    """`then` if `condition` else `otherwise`; both are evaluated, so neither may trap. A mask chooses lane by lane."""

    condition: "Expr"
    then: "Expr"
    otherwise: "Expr"
    type: Type


class AddressOf(Node, frozen=True):
    """The address of a place."""

    place: "Place"
    type: PointerType


class Pure(Node, frozen=True):
    """A pure intrinsic by name; the table with all names and signatures is `intrinsics.py`."""

    name: str
    arguments: tuple["Expr", ...]
    type: Type


Expr = Const | StaticBytes | Load | Binary | Compare | Unary | Convert | Select | AddressOf | Pure


# ---------------------------------------------------------------------------------------------------------- places


class LocalPlace(Node, frozen=True):
    """A local variable, parameter or result. For a by-reference parameter it means the caller's place."""

    local: LocalId
    type: Type


class FieldPlace(Node, frozen=True):
    """A field of a struct's place."""

    base: "Place"
    name: str
    type: Type


class ElementPlace(Node, frozen=True):
    """`base[index]` of a List's place; traps with Mojo's bounds message unless 0 <= index < length."""

    base: "Place"
    index: Expr
    type: Type
    span: Span


class PointeePlace(Node, frozen=True):
    """What a pointer points to; unchecked (prelude and generated code only)."""

    pointer: Expr
    type: Type


Place = LocalPlace | FieldPlace | ElementPlace | PointeePlace


# ------------------------------------------------------------------------------------------------------ statements

Block = tuple["Statement", ...]


class Assign(Node, frozen=True):
    """Store a scalar."""

    target: Place
    value: Expr
    span: Span


class CopyBits(Node, frozen=True):
    """Copy a trivial struct; target and source do not overlap unless they are the same place."""

    target: Place
    source: Place
    span: Span


class Move(Node, frozen=True):
    """Move an owned (or trivial) value: copy its bits, then zero the source. The target's old value was dropped."""

    target: Place
    source: Place
    span: Span


class Drop(Node, frozen=True):
    """Destroy the owned value in a place and zero it."""

    place: Place
    span: Span


class ByValue(Node, frozen=True):
    """A scalar argument."""

    value: Expr


class ByReference(Node, frozen=True):
    """The address of a place as argument; which of read, mutate or take over is the callee's `Parameter.passing`."""

    place: Place


Argument = ByValue | ByReference


class Call(Node, frozen=True):
    """Call a function. The result is stored into `target`, whose old value was dropped before."""

    target: Place | None
    function: FunctionId
    arguments: tuple[Argument, ...]
    span: Span
    is_elidable: bool = False
    """A copy that the source does not spell out: it is a move where it is the variable's last use."""


class Perform(Node, frozen=True):
    """An intrinsic with an effect (allocation, host calls, raw memory), by name; table in `intrinsics.py`."""

    target: Place | None
    name: str
    arguments: tuple[Expr, ...]
    span: Span


class If(Node, frozen=True):
    """Two-way choice."""

    condition: Expr
    then: Block
    otherwise: Block
    span: Span


class ForRange(Node, frozen=True):
    """`for index in range(start, stop, step)`.

    Bounds are evaluated once, before the loop; the trip count is the exact mathematical one (0 if the range is empty;
    step 0 traps). `index` is a private local of the iteration, assigned at its start; writes to it do not steer the
    loop. `otherwise` runs if the loop was not left by `Break`.
    """

    index: LocalId
    start: Expr
    stop: Expr
    step: Expr
    body: Block
    otherwise: Block
    span: Span
    """The header line, `for ... :`."""


class While(Node, frozen=True):
    """Before each iteration `prepare` runs, then `condition` is evaluated. `otherwise` as in `ForRange`."""

    prepare: Block
    condition: Expr
    body: Block
    otherwise: Block
    span: Span


class Break(Node, frozen=True):
    """Leave the innermost loop."""

    span: Span


class Continue(Node, frozen=True):
    """Go on with the innermost loop's next iteration."""

    span: Span


class Return(Node, frozen=True):
    """Leave the function; the result is in its result local."""

    span: Span


class Raise(Node, frozen=True):
    """Raise the error in a place (it is moved out)."""

    error: Place
    span: Span


class Try(Node, frozen=True):
    """Run `body`; if it raises, move the error to `error` and run `handler`, else run `otherwise`.

    `error` is declared in a scope around; errors of `otherwise` are not caught here.
    """

    body: Block
    error: LocalId
    handler: Block
    otherwise: Block
    span: Span


class Scope(Node, frozen=True):
    """Declare locals for a block; see the rules at the top."""

    locals: tuple[LocalId, ...]
    body: Block
    span: Span


Statement = (
    Assign
    | CopyBits
    | Move
    | Drop
    | Call
    | Perform
    | If
    | ForRange
    | While
    | Break
    | Continue
    | Return
    | Raise
    | Try
    | Scope
)


# ------------------------------------------------------------------------------------------------------- functions


@unique
class Passing(Enum):
    """How an argument reaches a parameter."""

    VALUE = "value"
    """A scalar; the callee's copy."""
    READ = "read"
    """By reference, not written (Mojo's default convention for structs)."""
    MUTATE = "mut"
    """By reference, may be written."""
    OWNED = "var"
    """By reference to a temporary of the caller that the callee takes over (drops it, or moves it on)."""


class Local(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A variable of a function: declared by the source, or made by the compiler (name starts with `$`)."""

    name: str
    type: Type
    span: Span


class Parameter(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One parameter, in order of the call's arguments."""

    local: LocalId
    passing: Passing
    is_deinit: bool = False
    """The callee takes the value apart: its fields end one by one, its destructor does not run."""


class Function(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One function instance. `body` is None only for functions that the back end supplies (none at present)."""

    function: FunctionId
    parameters: tuple[Parameter, ...]
    result: LocalId | None
    error: StructType | None
    """The type of the errors that it raises; None if it cannot raise."""
    locals: tuple[Local, ...]
    """Indexed by `LocalId`."""
    body: Block
    span: Span
    exported: str | None = None
    """The WebAssembly export name, if any."""
    is_nested: bool = False
    """It stands in another function; its first parameters are what it captures."""

    @property
    def raises(self) -> bool:
        """Tell whether it may come back with an error."""
        return self.error is not None


class Module(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A whole program: everything reachable from its roots, the prelude's functions included."""

    structs: Mapping[StructId, StructDefinition]
    functions: Mapping[FunctionId, Function]
    main: FunctionId
    """The program's `main`, without parameters or result; it may raise."""
