# Generic functions over built-in traits: Comparable, Equatable, Defaultable, Sized, Boolable, Intable.


def largest[T: Comparable & Copyable & Deinitable](items: List[T]) -> T:
    var best = items[0].copy()
    for item in items:
        if item > best:
            best = item.copy()
    return best^


def count_equal[T: Equatable & Copyable & Deinitable](items: List[T], x: T) -> Int:
    var count = 0
    for item in items:
        if item == x:
            count += 1
    return count


def fresh[T: Defaultable & Movable & Deinitable]() -> T:
    return T()


def size_text[T: Sized & Writable](x: T) -> String:
    return String(x) + " has " + String(len(x))


def truth[T: Boolable](x: T) -> Int:
    return 1 if x else 0


def whole[T: Intable](x: T) -> Int:
    return Int(x) + 1


@fieldwise_init
struct Temperature(Boolable, Comparable, Copyable, Defaultable, Intable, Writable):
    var degrees: Float64

    def __init__(out self):
        self.degrees = 20.0

    def __lt__(self, other: Self) -> Bool:
        return self.degrees < other.degrees

    def __bool__(self) -> Bool:
        return self.degrees > 0

    def __int__(self) -> Int:
        return Int(self.degrees)


def main():
    var numbers: List[Int] = [3, 9, 4]
    var temperatures: List[Temperature] = [Temperature(1.5), Temperature(30.5), Temperature()]
    var words: List[String] = ["pear", "apple", "zoo"]
    print(largest(numbers), largest(temperatures), largest(words))
    print(count_equal(numbers, 9), count_equal(words, "pear"), count_equal(temperatures, Temperature()))
    print(fresh[Int](), fresh[Float64](), fresh[Temperature](), fresh[String]() == "")
    print(size_text(numbers))
    print(truth(Temperature(-1)), truth(Temperature(2)), truth(0), truth(True))
    print(whole(Temperature(7.9)), whole(2.5), whole(4))
