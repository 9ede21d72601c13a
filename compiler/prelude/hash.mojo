"""hash: a number for a value, the same on every host and in Mojo."""


def hash[T: Copyable & Movable](value: T) -> UInt64:
    var hasher = AHasher()
    _hash_into(hasher, value)
    return hasher.finish()


# What a value gives to a hasher; tuples and the program's structs give their fields (the compiler does that).


def _hash_into(mut hasher: AHasher, value: Bool):
    hasher._update_word(UInt64(value))


def _hash_into(mut hasher: AHasher, value: Int):
    hasher._update_word(UInt64(value))


def _hash_into(mut hasher: AHasher, value: UInt):
    hasher._update_word(UInt64(value))


def _hash_into(mut hasher: AHasher, value: Int64):
    hasher._update_word(UInt64(value))


def _hash_into(mut hasher: AHasher, value: UInt64):
    hasher._update_word(value)


def _hash_into[dt: DType, n: SIMDLength](mut hasher: AHasher, value: SIMD[dt, n]):
    """Narrow integers without their signs' copies; vectors lane by lane."""
    comptime if n == 1:
        hasher._update_word(UInt64(value) & (UInt64(1) << UInt64(8 * __size_of[Scalar[dt]]())) - 1)
    else:
        for i in range(n):
            _hash_into(hasher, value[i])


def _hash_into(mut hasher: AHasher, value: Float64):
    hasher._update_word(0 if value == 0 else _bits_of(value))


def _hash_into(mut hasher: AHasher, value: Float32):
    hasher._update_word(0 if value == 0 else UInt64(_bits_of(value)))


def _hash_into(mut hasher: AHasher, value: String):
    hasher._update_bytes(value.bytes.data, value.bytes.length)


def _hash_into[T: Copyable & Movable](mut hasher: AHasher, value: Optional[T]):
    hasher._update_word(UInt64(value._is_full))
    if value._is_full:
        _hash_into(hasher, value._storage.value)


def _hash_into[T: Copyable & Movable](mut hasher: AHasher, values: List[T]):
    for i in range(values.length):
        _hash_into(hasher, values.data[i])
