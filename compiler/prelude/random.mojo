"""std.random: Mojo's numbers, bit for bit.

Philox4x32-10 (Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011): four 32-bit words from
a counter under a 64-bit key, the seed; they make two 64-bit numbers, the earlier word on top. The whole state is the
seed and how many numbers were taken since it was set; static cell 16 holds the one, 17 the other, 18 the second number
of the last block.
"""


def seed(a: Int):
    """Start anew; without this the seed is 0."""
    __intrinsic_cell(16)[0] = UInt(a)
    __intrinsic_cell(17)[0] = 0


def seed():
    """Start anew from the clock."""
    seed(__intrinsic_host_time())


def _next_random() -> UInt64:
    """The next 64 bits."""
    var taken = __intrinsic_cell(17)[0]
    __intrinsic_cell(17)[0] = taken + 1
    if taken & 1 != 0:
        return UInt64(__intrinsic_cell(18)[0])
    var block = taken >> 1
    var word0 = UInt32(block & 0xFFFFFFFF)
    var word1 = UInt32(block >> 32)
    var word2: UInt32 = 0
    var word3: UInt32 = 0
    var key0 = UInt32(__intrinsic_cell(16)[0] & 0xFFFFFFFF)
    var key1 = UInt32(__intrinsic_cell(16)[0] >> 32)
    for _ in range(10):
        var left = UInt64(word0) * 0xD2511F53
        var right = UInt64(word2) * 0xCD9E8D57
        word0 = UInt32(right >> 32) ^ word1 ^ key0
        word1 = UInt32(right & 0xFFFFFFFF)
        word2 = UInt32(left >> 32) ^ word3 ^ key1
        word3 = UInt32(left & 0xFFFFFFFF)
        key0 += 0x9E3779B9
        key1 += 0xBB67AE85
    __intrinsic_cell(18)[0] = (UInt(word2) << 32) | UInt(word3)
    return (UInt64(word0) << 32) | UInt64(word1)


def _random_at(taken: UInt):
    """Go on as if so many numbers had been taken: a chunk of a loop does."""
    __intrinsic_cell(17)[0] = taken
    if taken & 1 != 0:
        __intrinsic_cell(17)[0] = taken - 1
        _ = _next_random()


def _next_unit() -> Float64:
    """The next number of 53 bits in [0, 1)."""
    return Float64(_next_random() >> 11) * 1.1102230246251565e-16


def _next_below(count: UInt64) -> UInt64:
    """The next whole number below `count` (0 stands for 2**64), all with the same chance."""
    if count == 0:
        return _next_random()
    var threshold = (~count + 1) % count
    while True:
        var value = _next_random()
        if value >= threshold:
            return value % count


def random_float64(min: Float64 = 0, max: Float64 = 1) -> Float64:
    var unit = _next_unit()
    var width = max - min
    if width != width:
        return min
    if width > 1.7976931348623157e308:
        return min + unit * max - unit * min
    return min + unit * width


def random_ui64(min: UInt64, max: UInt64) -> UInt64:
    """From `min` to `max`, both included."""
    if min >= max:
        return min
    return min + _next_below(max - min + 1)


def random_si64(min: Int64, max: Int64) -> Int64:
    """From `min` to `max`, both included."""
    if min >= max:
        return min
    var count = UInt64(max - min) + 1
    if count == 0:
        return Int64(_next_random())
    return min + Int64(_next_below(count))


def randn_float64(mean: Float64 = 0.0, standard_deviation: Float64 = 1.0) -> Float64:
    """Normally distributed, by the Box-Muller transform."""
    var first = _next_unit()
    var second = _next_unit()
    while first <= 0.0:
        first = _next_unit()
    return mean + standard_deviation * sqrt(-2.0 * log(first)) * cos(6.283185307179586 * second)


def shuffle[T: Copyable & Movable](mut list: List[T]):
    """Into a random order (Fisher-Yates, from the end)."""
    for i in range(list.length - 1, -1, -1):
        list.swap_elements(i, Int(random_ui64(0, UInt64(i))))


def rand[dt: DType](ptr: Pointer[Scalar[dt]], size: Int, /, *, min: Float64 = 0.0, max: Float64 = 1.0):
    """Fill memory with numbers from `min` to `max`."""
    for i in range(size):
        ptr[i] = Scalar[dt](random_float64(min, max))


def randint[dt: DType](ptr: Pointer[Scalar[dt]], size: Int, low: Int, high: Int):
    """Fill memory with whole numbers from `low` to `high`, both included."""
    for i in range(size):
        comptime if dt.is_signed():
            ptr[i] = Scalar[dt](random_si64(Int64(low), Int64(high)))
        else:
            ptr[i] = Scalar[dt](random_ui64(UInt64(low), UInt64(high)))


def randn[dt: DType](ptr: Pointer[Scalar[dt]], size: Int, mean: Float64 = 0.0, standard_deviation: Float64 = 1.0):
    """Fill memory with normally distributed numbers."""
    for i in range(size):
        ptr[i] = Scalar[dt](randn_float64(mean, standard_deviation))


struct Random(Copyable, Movable):
    """A generator of its own: Philox4x32-10 from a seed, a subsequence and an offset on."""

    var _key: UInt64
    var _low: UInt64
    var _high: UInt64

    def __init__(out self, *, seed: UInt64 = 0, subsequence: UInt64 = 0, offset: UInt64 = 0):
        self._key = seed
        self._low = offset
        self._high = subsequence

    def step(mut self) -> SIMD[DType.uint32, 4]:
        """The next four words."""
        var words = _philox(self._key, self._low, self._high)
        self._low += 1
        if self._low == 0:
            self._high += 1
        return words

    def step_uniform(mut self) -> SIMD[DType.float32, 4]:
        """The next four numbers in [0, 1)."""
        return (self.step() & 0x7FFFFFFF).cast[DType.float32]() * 4.6566127342e-10


def _philox(key: UInt64, low: UInt64, high: UInt64) -> SIMD[DType.uint32, 4]:
    """The block of a counter under a key."""
    var word0 = UInt32(low & 0xFFFFFFFF)
    var word1 = UInt32(low >> 32)
    var word2 = UInt32(high & 0xFFFFFFFF)
    var word3 = UInt32(high >> 32)
    var key0 = UInt32(key & 0xFFFFFFFF)
    var key1 = UInt32(key >> 32)
    for _ in range(10):
        var left = UInt64(word0) * 0xD2511F53
        var right = UInt64(word2) * 0xCD9E8D57
        word0 = UInt32(right >> 32) ^ word1 ^ key0
        word1 = UInt32(right & 0xFFFFFFFF)
        word2 = UInt32(left >> 32) ^ word3 ^ key1
        word3 = UInt32(left & 0xFFFFFFFF)
        key0 += 0x9E3779B9
        key1 += 0xBB67AE85
    return SIMD[DType.uint32, 4](word0, word1, word2, word3)
