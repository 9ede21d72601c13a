"""Errors that can be caught, and ends that cannot."""


struct Error(ImplicitlyCopyable):
    """What `raise` carries: a message."""

    var message: String

    def __init__(out self, var message: String):
        self.message = message^

    def __init__(out self):
        self.message = String()


def _write(mut out: String, value: Error):
    out += value.message


def _abort(text: __Pointer[UInt8], length: Int):
    """End the program with exit code 1 after a line on standard error; in a slice this is a trap."""
    __intrinsic_host_print(2, text, length)
    __intrinsic_host_exit(1)
    __intrinsic_trap()


def abort(message: String):
    """End the program: the message on standard output, exit code 1."""
    var out = String("ABORT: ")
    out += message
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
