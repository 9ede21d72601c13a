"""std.benchmark: what keeps the compiler from leaving out a computation, and measuring by the host's clock."""


def keep[T: AnyType](value: T):
    pass


def black_box[T: Copyable & Movable](value: T) -> T:
    return __copy(value)


def clobber_memory():
    pass


struct Report(Copyable, Movable):
    """How long the calls took."""

    var _iterations: Int
    var _nanoseconds: Int

    def __init__(out self, iterations: Int, nanoseconds: Int):
        self._iterations = iterations
        self._nanoseconds = nanoseconds

    def iters(self) -> Int:
        return self._iterations

    def duration(self, unit: String = "s") -> Float64:
        return Float64(self._nanoseconds) / _unit_nanoseconds(unit)

    def mean(self, unit: String = "s") -> Float64:
        return self.duration(unit) / Float64(max(self._iterations, 1))

    def print(self, unit: String = "s"):
        print("Benchmark Report (", unit, ")", sep="")
        print("Mean:", self.mean(unit))
        print("Total:", self.duration(unit))
        print("Iters:", self._iterations)


def _unit_nanoseconds(unit: String) -> Float64:
    if unit == "ns":
        return 1.0
    return 1e6 if unit == "ms" else 1e9


struct Unit:
    comptime ns = "ns"
    comptime ms = "ms"
    comptime s = "s"


def run[
    F: def() -> None, //
](
    func: F,
    num_warmup_iters: Int = 1,
    max_iters: Int = 1_000_000_000,
    min_runtime_secs: Float64 = 0.1,
    max_runtime_secs: Float64 = 60.0,
    max_batch_size: Int = 0,
) raises -> Report:
    """Call a function until enough time has passed, or often enough."""
    for _ in range(num_warmup_iters):
        func()
    var least = Int(min(min_runtime_secs, max_runtime_secs) * 1e9)
    var start = __intrinsic_host_time()
    var iterations = 0
    while iterations == 0 or (iterations < max_iters and __intrinsic_host_time() - start < least):
        func()
        iterations += 1
    return Report(iterations, __intrinsic_host_time() - start)
