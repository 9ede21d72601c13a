"""Errors that can be caught, and ends that cannot."""


struct Error(ImplicitlyCopyable):
    """What `raise` carries: a message."""

    var message: String

    @implicit
    def __init__(out self, var message: String):
        self.message = message^

    def __init__[*Ts: Writable](out self, *args: *Ts):
        """A message of several parts."""
        self.message = String()
        comptime for i in range(args.__len__()):
            _write(self.message, args[i])

    def copy(self) -> Self:
        return __copy(self)


def _write(mut out: String, value: Error):
    out += value.message


def _write_repr(mut out: String, value: Error):
    out += "Error("
    _write_repr(out, value.message)
    out += ")"


def _abort(text: __Pointer[UInt8], length: Int):
    """End the program with exit code 1 after a line on standard error; in a slice this is a trap."""
    __intrinsic_host_print(2, text, length)
    __intrinsic_host_exit(1)
    __intrinsic_trap()


def abort[T: Writable](message: T, *, _at: __Pointer[UInt8] = __static("\0")) -> Never:
    """End the program: the place and the message on standard output, exit code 1."""
    var out = String("ABORT: ")
    _write_place(out, _at)
    _write(out, message)
    _end_saying(out)


def abort(*, _at: __Pointer[UInt8] = __static("\0")) -> Never:
    """End the program with exit code 1."""
    _abort(_at, 0)


def _assertion_failed(message: String, at: __Pointer[UInt8]):
    """End the program because a condition does not hold."""
    var out = String("At: ")
    _write_place(out, at)
    out += "Assert Error: "
    out += message
    _end_saying(out)


def _write_place(mut out: String, at: __Pointer[UInt8]):
    """Write where a call stands, which a text with a zero byte at its end says; nothing if it is empty."""
    var length = 0
    while at[length] != 0:
        length += 1
    if length != 0:
        out += _string_literal(at, length)
        out += ": "


def _end_saying(mut out: String):
    out += "\n"
    __intrinsic_host_print(1, out.bytes.data, out.bytes.length)
    __intrinsic_host_exit(1)
    __intrinsic_trap()


def _bounds_failed(
    index: Int, length: Int, file: __Pointer[UInt8], file_length: Int, line: Int, column: Int
):
    """End the program with Mojo's message for a failed bounds check, exit code 1."""
    var out = String("At: ")
    out += _string_literal(file, file_length)
    out += ":"
    _write(out, line)
    out += ":"
    _write(out, column)
    out += ": Assert Error: index "
    _write(out, index)
    if length == 0:
        out += " is out of bounds, container is empty\n"
    else:
        out += " is out of bounds, valid range is 0 to "
        _write(out, length - 1)
        out += "\n"
    __intrinsic_host_print(1, out.bytes.data, out.bytes.length)
    __intrinsic_host_exit(1)
    __intrinsic_trap()


def _unhandled_error(error: Error):
    """End the program because an error left `main`: Mojo's line on standard error, exit code 1."""
    var out = String("Unhandled exception caught during execution: ")
    out += error.message
    out += "\n"
    __intrinsic_host_print(2, out.bytes.data, out.bytes.length)
    __intrinsic_host_exit(1)
    __intrinsic_trap()
