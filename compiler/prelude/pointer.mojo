"""Pointers: `Pointer`, once called `UnsafePointer`.

`__place__` stands for the language's `ref` results: what it points to is the place that a subscript means. Blocks of
`alloc` begin with a word that holds their size, since `free` is not told it.
"""

comptime _HEAD_BYTES = 16
"""Before each block of `alloc`; a multiple of all alignments."""


struct Pointer[T: AnyType](ImplicitlyCopyable, Movable):
    var _address: __Pointer[Self.T]

    def __init__(out self, *, ref to: Self.T):
        self._address = __address(to)

    def __init__(out self, *, _at: UInt):
        self._address = __Pointer[Self.T](_at)

    def __place__(self) -> __Pointer[Self.T]:
        return self._address

    def __place__(self, offset: Int) -> __Pointer[Self.T]:
        return __intrinsic_pointer_offset(self._address, offset)

    def __place__(self, *, unsafe_offset: Int) -> __Pointer[Self.T]:
        return __intrinsic_pointer_offset(self._address, unsafe_offset)

    def unsafe_offset(self, count: Int) -> Self:
        """The address `count` elements on."""
        return Self(_at=UInt(__intrinsic_pointer_offset(self._address, count)))

    def __add__(self, count: Int) -> Self:
        return self.unsafe_offset(count)

    def __sub__(self, count: Int) -> Self:
        return self.unsafe_offset(-count)

    def __iadd__(mut self, count: Int):
        self._address = __intrinsic_pointer_offset(self._address, count)

    def __isub__(mut self, count: Int):
        self._address = __intrinsic_pointer_offset(self._address, -count)

    def __int__(self) -> Int:
        return Int(UInt(self._address))

    def __eq__(self, other: Self) -> Bool:
        return self._address == other._address

    def __ne__(self, other: Self) -> Bool:
        return self._address != other._address

    def __lt__(self, other: Self) -> Bool:
        return UInt(self._address) < UInt(other._address)

    def __le__(self, other: Self) -> Bool:
        return UInt(self._address) <= UInt(other._address)

    def __gt__(self, other: Self) -> Bool:
        return UInt(self._address) > UInt(other._address)

    def __ge__(self, other: Self) -> Bool:
        return UInt(self._address) >= UInt(other._address)

    def __bool__(self) -> Bool:
        return UInt(self._address) != 0

    def offset(self, count: Int) -> Self:
        return self.unsafe_offset(count)

    def bitcast[U: AnyType](self) -> Pointer[U]:
        """The same address, of values of another type."""
        return Pointer[U](_at=UInt(self._address))

    def unsafe_bitcast[U: AnyType](self) -> Pointer[U]:
        return self.bitcast[U]()

    @__untracked
    def unsafe_origin_cast[origin: Origin](self) -> Self:
        """The same address, of which nobody watches any more whether it is good."""
        return self

    @__reference
    def _get_ref_with_unsafe_interior_origin[tag: StaticString, origin: Origin](self) -> __Pointer[Self.T]:
        """The value, as a part of an owner; programs' containers say so of what they keep elsewhere."""
        return self._address

    def unsafe_mut_cast[mut: Bool](self) -> Self:
        return self

    def as_imm(self) -> Self:
        return self

    def as_immutable(self) -> Self:
        return self

    def unsafe_load[width: Int](self, offset: Int = 0) -> SIMD[Self.T.dtype, width]:
        """As many numbers as a vector has lanes."""
        var start = __intrinsic_pointer_offset(self._address, offset)
        return __Pointer[SIMD[Self.T.dtype, width]](start)[0]

    def load[width: Int](self, offset: Int = 0) -> SIMD[Self.T.dtype, width]:
        return self.unsafe_load[width](offset)

    def unsafe_store[width: SIMDLength](self, offset: Int, value: SIMD[Self.T.dtype, width]):
        var start = __intrinsic_pointer_offset(self._address, offset)
        __Pointer[SIMD[Self.T.dtype, width]](start)[0] = value

    def unsafe_store[width: SIMDLength](self, value: SIMD[Self.T.dtype, width]):
        self.unsafe_store[width](0, value)

    def store[width: SIMDLength](self, offset: Int, value: SIMD[Self.T.dtype, width]):
        self.unsafe_store[width](offset, value)

    def store[width: SIMDLength](self, value: SIMD[Self.T.dtype, width]):
        self.unsafe_store[width](0, value)

    def unsafe_load(self, offset: Int = 0) -> Self.T:
        return __copy(self._address[offset])

    def load(self, offset: Int = 0) -> Self.T:
        return __copy(self._address[offset])

    def unsafe_store(self, value: Self.T):
        self._address[0] = value

    def unsafe_store(self, offset: Int, value: Self.T):
        self._address[offset] = value

    def store(self, value: Self.T):
        self._address[0] = value

    def store(self, offset: Int, value: Self.T):
        self._address[offset] = value

    def unsafe_write(self, var value: Self.T):
        """Move a value into memory that holds none."""
        __emplace(self._address[0], value^)

    def unsafe_write(self, *, copy: Self.T):
        __emplace(self._address[0], __copy(copy))

    def init_pointee_move(self, var value: Self.T):
        __emplace(self._address[0], value^)

    def init_pointee_copy(self, value: Self.T):
        __emplace(self._address[0], __copy(value))

    def unsafe_write_move_from(self, other: Self):
        """Move a value from where it is into memory that holds none."""
        __emplace(self._address[0], __take(other._address[0]))

    def destroy_pointee(self):
        __drop(self._address[0])

    def unsafe_take_pointee(self) -> Self.T:
        """Move the value out; the memory holds none afterwards."""
        return __take(self._address[0])

    def take_pointee(self) -> Self.T:
        return __take(self._address[0])

    def unsafe_deinit_pointee(self):
        """Destroy the value; the memory holds none afterwards."""
        __drop(self._address[0])

    def swap_pointees(self, other: Self):
        if self._address != other._address:
            var value = __take(self._address[0])
            __emplace(self._address[0], __take(other._address[0]))
            __emplace(other._address[0], value^)

    def unsafe_free(self):
        """Give a block of `alloc` back; what it holds is not destroyed."""
        var head = UInt(self._address) - _HEAD_BYTES
        _free(head, Int(__Pointer[UInt](head)[0]))

    def free(self):
        self.unsafe_free()
