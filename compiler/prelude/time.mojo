"""std.time: clocks. What they return is part of a job's journal, so that a restarted run repeats itself."""


def perf_counter_ns() -> Int:
    """Nanoseconds since some moment."""
    return __intrinsic_host_time()


def perf_counter() -> Float64:
    """Seconds since some moment."""
    return Float64(__intrinsic_host_time()) / 1e9


def monotonic() -> Int:
    """Nanoseconds since some moment; never goes back."""
    return __intrinsic_host_time()


def sleep(seconds: Float64):
    """Waits for nothing: whatever the program could wait for is not there."""
    pass


def time_function[F: def() -> None, //](func: F) -> Int:
    """How many nanoseconds a call takes."""
    var start = __intrinsic_host_time()
    func()
    return __intrinsic_host_time() - start
