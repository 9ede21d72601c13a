"""repr: values as they would be written in a program, with the types of their parts."""


def repr[T: Copyable & Movable](value: T) -> String:
    var out = String()
    _write_repr(out, value)
    return out^


def ascii(value: String) -> String:
    """The text in quotes, with escapes for all that is not printable ASCII."""
    var out = String("'")
    for i in range(value.bytes.length):
        _write_escaped(out, value.bytes.data[i])
    out += "'"
    return out^


def _write_escaped(mut out: String, byte: UInt8):
    if byte == 92:
        out += "\\\\"
    elif byte == 39:
        out += "\\'"
    elif byte == 9:
        out += "\\t"
    elif byte == 10:
        out += "\\n"
    elif byte == 13:
        out += "\\r"
    elif byte < 32 or byte > 126:
        out += "\\x"
        out.bytes.append(_hex_digit(byte >> 4))
        out.bytes.append(_hex_digit(byte & 15))
    else:
        out.bytes.append(byte)


def _hex_digit(value: UInt8) -> UInt8:
    return value + 48 if value < 10 else value + 87


# One function for each type of the library; tuples and the program's structs show their fields (the compiler does
# that).


def _write_repr(mut out: String, value: String):
    out += "'"
    for i in range(value.bytes.length):
        if value.bytes.data[i] < 128:
            _write_escaped(out, value.bytes.data[i])
        else:
            out.bytes.append(value.bytes.data[i])
    out += "'"


def _write_repr(mut out: String, value: Bool):
    _write(out, value)


def _write_repr(mut out: String, value: NoneType):
    out += "None"


def _write_repr(mut out: String, value: Int):
    _write_named(out, "Int", value)


def _write_repr(mut out: String, value: UInt):
    _write_named(out, "UInt", value)


def _write_repr[dt: DType, n: SIMDLength](mut out: String, value: SIMD[dt, n]):
    comptime if n == 1:
        _write_named(out, _scalar_name[dt](), value)
    else:
        out += "SIMD[DType."
        _write(out, dt)
        out += ", "
        _write(out, Int(n))
        out += "]("
        for i in range(n):
            if i > 0:
                out += ", "
            _write(out, value[i])
        out += ")"


def _scalar_name[dt: DType]() -> String:
    """`UInt8` of `uint8`."""
    var name = String(dt)
    var start = 2 if dt.is_unsigned() else 1
    for i in range(start):
        name.bytes.data[i] -= 32
    return name^


def _write_repr(mut out: String, value: DType):
    out += "DType."
    out += value._name()


def _write_named[T: Copyable & Movable](mut out: String, name: String, value: T):
    out += name
    out += "("
    _write(out, value)
    out += ")"


def _open_repr[T: Copyable & Movable](mut out: String):
    """The type's name and a parenthesis."""
    out += __type_name[T]()
    out += "("


def _write_repr[T: Copyable & Movable](mut out: String, value: List[T]):
    _open_repr[List[T]](out)
    out += "["
    for i in range(value.length):
        if i > 0:
            out += ", "
        _write_repr(out, value.data[i])
    out += "])"


def _write_repr[T: Copyable & Movable](mut out: String, value: Optional[T]):
    _open_repr[Optional[T]](out)
    if value._is_full:
        _write_repr(out, value._storage.value)
    else:
        out += "None"
    out += ")"


def _write_repr[K: Copyable & Movable, V: Copyable & Movable](mut out: String, value: Dict[K, V]):
    _open_repr[Dict[K, V]](out)
    out += "{"
    var is_first = True
    for i in range(value._used):
        if value._entries[i]._is_live():
            if not is_first:
                out += ", "
            is_first = False
            _write_repr(out, value._entries[i].key)
            out += ": "
            _write_repr(out, value._entries[i].value)
    out += "})"


def _write_repr[T: Copyable & Movable](mut out: String, value: Set[T]):
    out += "Set["
    out += __type_name[T]()
    out += ", Hasher=AHasher[[0, 0, 0, 0] : SIMD[DType.uint64, 4]]]({"
    var is_first = True
    for i in range(value._data._used):
        if value._data._entries[i]._is_live():
            if not is_first:
                out += ", "
            is_first = False
            _write_repr(out, value._data._entries[i].key)
    out += "})"
