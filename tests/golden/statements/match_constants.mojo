"""Constants of structs are patterns."""


comptime K = 4
struct C:
    comptime A = 1
    comptime B = 2
def main():
    var x = 2
    match x:
        case C.A:
            print("A")
        case C.B:
            print("B")
        case _:
            print("other")
