"""What is done to a string's bytes is not done to the literal that it came from, nor to its copies."""


def greeting() -> String:
    return "hello"


def main():
    var text = greeting()
    var copy = text
    var bytes = text.unsafe_as_bytes_mut()
    bytes[0] = 72
    print(text, copy, greeting())
    copy += " there"
    copy += String(copy)
    print(copy, copy.byte_length(), greeting())
    print(greeting().upper(), greeting().upper().lower(), greeting())
    var room = greeting()
    room.reserve_bytes(2)
    room.reserve_bytes(100)
    room += "!"
    print(room, greeting())
    var cut = greeting()
    cut.resize(2)
    cut += "n"
    print(cut, greeting())
    var part = String(greeting().removeprefix("he"))
    part += "y"
    print(part, greeting())
    var pieces = greeting().split("l")
    print(pieces[0] + "r", pieces[1].byte_length(), pieces[2], greeting())
    var nothing = String("")
    nothing += ""
    print(nothing.byte_length(), nothing == "", nothing + "x" + "")
