"""The heap: `alloc`, and pointers that own what they point to."""


def alloc[T: AnyType](count: Int) -> Pointer[T]:
    """Memory for `count` values, which holds none yet; it is given back by `unsafe_free`."""
    var bytes = max(count, 0) * __size_of[T]() + _HEAD_BYTES
    var head = _allocate(bytes)
    __Pointer[UInt](head)[0] = UInt(bytes)
    return Pointer[T](_at=head + _HEAD_BYTES)


def unsafe_alloc[T: AnyType](count: Int) -> Pointer[T]:
    return alloc[T](count)


def unsafe_alloc[T: AnyType](count: Int, *, alignment: Int) -> Pointer[T]:
    """Every block is aligned to 16 bytes, which is enough here."""
    return alloc[T](count)


def alloc[T: AnyType](layout: Layout[T]) -> Allocation[T]:
    return Allocation[T](alloc[T](layout.count()), layout)


def dealloc[T: AnyType](var allocation: Allocation[T]):
    """Give the memory back; what it holds is not destroyed."""
    allocation._pointer.unsafe_free()


struct Layout[T: AnyType](ImplicitlyCopyable, Movable):
    """How much memory is asked for."""

    var _count: Int

    def __init__(out self, *, count: Int):
        self._count = count

    def __init__(out self, *, count: Int, alignment: Int):
        self._count = count

    @staticmethod
    def single() -> Self:
        return Self(count=1)

    def count(self) -> Int:
        return self._count


struct Allocation[T: AnyType](Movable):
    """Memory with its layout, to be given back by `dealloc`."""

    var _pointer: Pointer[Self.T]
    var _layout: Layout[Self.T]

    def __init__(out self, pointer: Pointer[Self.T], layout: Layout[Self.T]):
        self._pointer = pointer
        self._layout = layout

    def layout(self) -> Layout[Self.T]:
        return self._layout

    def unsafe_ptr(self) -> Pointer[Self.T]:
        return self._pointer

    def unsafe_span(self) -> Span[Self.T]:
        return Span[Self.T](ptr=self._pointer, length=self._layout._count)

    def unsafe_leak(var self) -> Pointer[Self.T]:
        return self._pointer


def destroy_n[T: AnyType](pointer: Pointer[T], count: Int):
    """Destroy values that lie one after the other."""
    for i in range(count):
        __drop(pointer._address[i])


def unsafe_memset[T: AnyType](pointer: Pointer[T], value: UInt8, count: Int):
    """Fill the memory of `count` values with a byte."""
    __intrinsic_memory_fill(pointer._address, Int(value), count * __size_of[T]())


def unsafe_memcmp[T: AnyType](left: Pointer[T], right: Pointer[T], count: Int) -> Int:
    """Which memory comes first by its bytes: -1, 0 or 1."""
    var first = __Pointer[UInt8](left._address)
    var second = __Pointer[UInt8](right._address)
    for i in range(count * __size_of[T]()):
        if first[i] != second[i]:
            return -1 if first[i] < second[i] else 1
    return 0


def unsafe_memmove[T: AnyType](*, dest: Pointer[T], src: Pointer[T], count: Int):
    """Copy the bits of `count` values, which may overlap."""
    __intrinsic_memory_copy(dest._address, src._address, count * __size_of[T]())


def unsafe_memcpy[T: AnyType](*, dest: Pointer[T], src: Pointer[T], count: Int):
    """Copy the bits of `count` values."""
    __intrinsic_memory_copy(dest._address, src._address, count * __size_of[T]())


def unsafe_memset_zero[T: AnyType](pointer: Pointer[T], count: Int):
    """Fill the memory of `count` values with zero."""
    __intrinsic_memory_fill(pointer._address, 0, count * __size_of[T]())


struct OwnedPointer[T: AnyType](Movable):
    """A value on the heap with one owner."""

    var _address: __Pointer[Self.T]

    def __init__(out self, var value: Self.T):
        self._address = __Pointer[Self.T](_allocate(__size_of[Self.T]()))
        __emplace(self._address[0], value^)

    def __deinit__(deinit self):
        if UInt(self._address) != 0:
            __drop(self._address[0])
            _free(UInt(self._address), __size_of[Self.T]())

    @__interior("value")
    def __place__(self) -> __Pointer[Self.T]:
        return self._address

    def take(var self) -> Self.T:
        """Move the value out and give the memory back."""
        var value = __take(self._address[0])
        _free(UInt(self._address), __size_of[Self.T]())
        self._address = __Pointer[Self.T](UInt(0))
        return value^


struct _Counted[T: AnyType]:
    """What all copies of an `ArcPointer` share."""

    var count: Int
    var value: Self.T


struct ArcPointer[T: AnyType](ImplicitlyCopyable, Movable):
    """A value on the heap that ends with the last of its owners."""

    var _shared: __Pointer[_Counted[Self.T]]

    def __init__(out self, var value: Self.T):
        self._shared = __Pointer[_Counted[Self.T]](_allocate(__size_of[_Counted[Self.T]]()))
        self._shared[0].count = 1
        __emplace(self._shared[0].value, value^)

    def __init__(out self, *, copy: Self):
        self._shared = copy._shared
        self._shared[0].count += 1

    def __deinit__(deinit self):
        if UInt(self._shared) != 0:
            self._shared[0].count -= 1
            if self._shared[0].count == 0:
                __drop(self._shared[0].value)
                _free(UInt(self._shared), __size_of[_Counted[Self.T]]())

    def __place__(self) -> __Pointer[Self.T]:
        return __address(self._shared[0].value)

    def count(self) -> UInt64:
        """How many owners there are."""
        return UInt64(self._shared[0].count)

    def __is__(self, other: Self) -> Bool:
        return self._shared == other._shared

    def __isnot__(self, other: Self) -> Bool:
        return self._shared != other._shared


def stack_allocation[count: Int, T: AnyType]() -> Pointer[T]:
    """Room for some values. It is taken from the heap, and kept until the program ends."""
    return alloc[T](count)


def stack_allocation[count: Int, dtype: DType]() -> Pointer[Scalar[dtype]]:
    return alloc[Scalar[dtype]](count)


def bitcast[
    dt: DType, n: SIMDLength, //, target: DType, width: SIMDLength = n
](value: SIMD[dt, n]) -> SIMD[target, width]:
    """The same bits, as other numbers."""
    comptime if width == n:
        return __intrinsic_bitcast[SIMD[target, width]](value)
    elif dt == DType.float64:
        return bitcast[target, width](value.to_bits[DType.uint64]())
    elif dt == DType.float32:
        return bitcast[target, width](value.to_bits[DType.uint32]())
    else:
        # Other numbers of lanes: through memory, where lanes lie one after the other.
        var lanes = value
        return __Pointer[SIMD[target, width]](UInt(__address(lanes)))[0]


def pack_bits[n: SIMDLength, //](mask: SIMD[DType.bool, n]) -> Int:
    """The lanes as the bits of a number, the first one lowest."""
    var bits = 0
    for i in range(n):
        if mask[i]:
            bits |= 1 << i
    return bits
