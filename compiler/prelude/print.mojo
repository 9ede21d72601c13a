"""Output: one host call for each `print`."""


def _print(out: String):
    """Send a finished line to standard output."""
    __intrinsic_host_print(1, out.bytes.data, out.bytes.length)


def _print_to(out: String, file: RawFileDescriptor):
    """Send a finished line to the output that is asked for."""
    if file.value == 2:
        __intrinsic_host_print(2, out.bytes.data, out.bytes.length)
    else:
        _print(out)
