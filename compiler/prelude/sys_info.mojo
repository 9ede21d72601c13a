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


def is_defined[name: String]() -> Bool:
    """Whether the compiler was told a value with `-D`; it takes none here."""
    return False


def get_defined_int[name: String, default: Int]() -> Int:
    return default


def get_defined_string[name: String, default: String]() -> String:
    return default


def get_defined_bool[name: String, default: Bool]() -> Bool:
    return default
