# Associated types: `comptime Element: …` in a trait, `T.Element` in signatures.


trait Source:
    comptime Element: Copyable & Writable & Deinitable

    def first(self) -> Self.Element:
        ...

    def size(self) -> Int:
        ...


@fieldwise_init
struct Numbers(Source):
    comptime Element = Int
    var start: Int

    def first(self) -> Self.Element:
        return self.start

    def size(self) -> Int:
        return 3


@fieldwise_init
struct Words[T: Copyable & Writable & Deinitable](Source):
    comptime Element = Self.T
    var items: List[Self.T]

    def first(self) -> Self.T:
        return self.items[0].copy()

    def size(self) -> Int:
        return len(self.items)


def first_of[S: Source](source: S) -> S.Element:
    return source.first()


def show[S: Source](source: S) -> String:
    var x = first_of(source)
    return String(x) + " of " + String(source.size())


def main():
    print(show(Numbers(7)))
    print(show(Words[String](["a", "b"])))
    print(show(Words[Float64]([1.5])))
    var n: Numbers.Element = 5
    print(n + first_of(Numbers(1)))
