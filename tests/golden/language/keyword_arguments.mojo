"""Calls by position and by name, with defaults that only some calls use."""


def box(width: Int, height: Int = 2, *, fill: String = ".", frame: Bool = False) -> String:
    var line = fill * width
    if frame:
        line = String("|") + line + "|"
    var result = String()
    for i in range(height):
        if i:
            result += "/"
        result += line
    return result


def main():
    print(box(3))
    print(box(2, 3, fill="x"))
    print(box(height=1, width=4, frame=True))
    print(box(1, fill="ab", frame=True))
