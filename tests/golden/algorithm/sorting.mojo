"""sort: by order, by a function, stable; partition and binary search."""

from std.builtin.sort import partition


@fieldwise_init
struct Person(Copyable, Movable, Writable):
    var name: String
    var age: Int


def main():
    var xs: List[Int] = [5, 2, 9, 1, 5, 6, -3]
    sort(xs)
    print(xs)

    def falls(a: Int, b: Int) -> Bool:
        return a > b

    sort(xs, falls)
    print(xs)
    sort[stable=True](xs)
    print(xs)
    var words: List[String] = ["pear", "fig", "apple", "kiwi"]
    sort(words)
    print(words)

    def shorter(a: String, b: String) -> Bool:
        return a.byte_length() < b.byte_length()

    sort[stable=True](words, shorter)
    print(words)
    var people: List[Person] = [Person("a", 30), Person("b", 20), Person("c", 30), Person("d", 10)]

    def younger(a: Person, b: Person) -> Bool:
        return a.age < b.age

    sort[stable=True](people, younger)
    for p in people:
        print(p.name, p.age, end="; ")
    print()
    var fs: List[Float64] = [2.5, -1.0, 3.25]
    sort(Span(fs))
    print(fs)
    var many = [(i * 7919) % 1009 for i in range(200)]
    sort(many)
    var is_sorted = True
    for i in range(1, len(many)):
        is_sorted = is_sorted and many[i - 1] <= many[i]
    print(is_sorted, many[0], many[199])
