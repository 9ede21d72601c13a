# `conforms_to`, conditional conformance, `where` clauses.


trait Noisy:
    def noise(self) -> String:
        ...


@fieldwise_init
struct Dog(Copyable, Noisy):
    var age: Int

    def noise(self) -> String:
        return "woof"


@fieldwise_init
struct Rock(Copyable):
    var weight: Int


struct Box[T: Movable & Deinitable](Movable, Writable where conforms_to(T, Writable)):
    var value: Self.T

    def __init__(out self, var value: Self.T):
        self.value = value^

    def write_to(self, mut writer: Some[Writer]) where conforms_to(Self.T, Writable):
        writer.write("Box(", self.value, ")")


struct Fixed[n: Int]:
    def __init__(out self):
        pass

    def half(self) -> Int where Self.n > 4:
        return Self.n // 2

    def above[m: Int](self) -> Int where m > Self.n:
        return m - Self.n


def kind[T: AnyType](x: T) -> String:
    comptime if conforms_to(T, Noisy):
        return "noisy"
    elif conforms_to(T, Copyable):
        return "copyable"
    else:
        return "other"


def positive[n: Int]() -> Int where n > 0:
    return n


def main():
    print(kind(Dog(1)), kind(Rock(1)), kind(3), kind(String("x")), kind(Box[Int](1)))
    print(Box[Int](5))
    print(Fixed[8]().half(), Fixed[3]().above[10]())
    print(positive[4]())
    comptime yes = conforms_to(Dog, Noisy & Copyable)
    comptime no = conforms_to(Rock, Noisy)
    print(yes, no)
