"""std.sys: the program's arguments and its exit."""


def argv() -> List[String]:
    """The program's name and its arguments."""
    var packed = __intrinsic_host_args()
    var address = packed >> 32
    var size = Int(packed & 0xFFFFFFFF)
    var bytes = __Pointer[UInt8](address)
    var count = Int(_read_u32(bytes, 0))
    var offset = 4
    var arguments = List[String](capacity=count)
    for _ in range(count):
        var length = Int(_read_u32(bytes, offset))
        arguments.append(_string_copy(__Pointer[UInt8](address + UInt(offset + 4)), length))
        offset += 4 + length
    _free(address, size)
    return arguments^


def _read_u32(bytes: __Pointer[UInt8], offset: Int) -> UInt32:
    """Four little-endian bytes."""
    return (
        UInt32(bytes[offset])
        | (UInt32(bytes[offset + 1]) << 8)
        | (UInt32(bytes[offset + 2]) << 16)
        | (UInt32(bytes[offset + 3]) << 24)
    )


def exit(code: Int = 0):
    """End the program at once with an exit code."""
    __intrinsic_host_exit(code)
    __intrinsic_trap()


struct RawFileDescriptor(ImplicitlyCopyable, Movable):
    """An output by its number; there are two."""

    var value: Int

    def __init__(out self, value: Int):
        if value != 1 and value != 2:
            abort("a program here has no files: only standard output (1) and standard error (2)")
        self.value = value

    def write_string(self, text: String):
        _print_to(text, self)


comptime stdout = RawFileDescriptor(1)
comptime stderr = RawFileDescriptor(2)
