# Arguments of different types: `*args: *Ts`.


def show[*Ts: Writable](*args: *Ts):
    comptime for i in range(args.__len__()):
        print(args[i], end=";")
    print()


def joined[*Ts: Writable](separator: String, *args: *Ts) -> String:
    var text = String()
    comptime for i in range(args.__len__()):
        comptime if i > 0:
            text += separator
        text += String(args[i])
    return text


def count[*Ts: AnyType](*args: *Ts) -> Int:
    return args.__len__()


def twice[*Ts: Writable](*args: *Ts):
    show(*args)
    show(*args)


def main():
    show(1, "a", 2.5, True)
    show()
    print(joined("-", 1, 2.5, String("x")), joined("+"), joined(", ", "one"))
    print(count(), count(1, "b"), count(List[Int]()))
    twice("x", 7)
