"""`format` of strings that only the running program knows."""


def _format(text: String, values: List[String]) raises -> String:
    """Put texts where the braces are: `{}` one after the other, `{0}` by number, `{{` and `}}` for braces."""
    var out = String()
    var automatic = 0
    var is_manual = False
    var position = 0
    var count = text.byte_length()
    while position < count:
        var byte = text.bytes.data[position]
        if byte != 123 and byte != 125:
            _append_bytes(out, __intrinsic_pointer_offset(text.bytes.data, position), 1)
            position += 1
            continue
        if position + 1 < count and text.bytes.data[position + 1] == byte:
            _append_bytes(out, __intrinsic_pointer_offset(text.bytes.data, position), 1)
            position += 2
            continue
        if byte == 125:
            raise Error("there is a single curly } left unclosed or unescaped")
        var stop = position + 1
        while stop < count and text.bytes.data[stop] != 125 and text.bytes.data[stop] != 123:
            stop += 1
        if stop == count or text.bytes.data[stop] == 123:
            raise Error("there is a single curly { left unclosed or unescaped")
        var field = text._between(position + 1, stop)
        if field.endswith("!s"):
            field = text._between(position + 1, stop - 2)
        position = stop + 1
        if field.byte_length() == 0:
            if is_manual:
                raise Error("Cannot both use manual and automatic indexing")
            if automatic >= len(values):
                raise Error("Automatic indexing require more args in *args")
            out += values[automatic]
            automatic += 1
            continue
        if field.endswith("!r"):
            abort("not supported yet: '!r' in a format that is no literal")
        is_manual = True
        if not field.is_ascii_digit():
            raise Error("Index " + field + " not in kwargs")
        var index = Int(field)
        if index >= len(values):
            raise Error("Index " + field + " not in *args")
        if automatic > 0:
            raise Error("Cannot both use manual and automatic indexing")
        out += values[index]
    return out^
