"""std.sys.info: what the machine is: WebAssembly, which has neither threads nor accelerators."""


def is_big_endian() -> Bool:
    return False


def is_little_endian() -> Bool:
    return True


def has_accelerator() -> Bool:
    return False


def num_physical_cores() -> Int:
    return 1


def num_logical_cores() -> Int:
    return 1


def num_performance_cores() -> Int:
    return 1
