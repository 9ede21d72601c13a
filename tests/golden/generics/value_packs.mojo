"""Packs of values in square brackets: their number, their elements, loops over them."""


struct Choices[*names: StaticString]:
    @staticmethod
    def count() -> Int:
        return len(Self.names)

    @staticmethod
    def name[i: Int]() -> String:
        return String(Self.names[i])


def total[*numbers: Int]() -> Int:
    var sum = 0
    comptime for i in range(len(numbers)):
        sum += numbers[i]
    return sum


def weighted[first: Int, *rest: Float64]() -> Float64:
    var sum = Float64(first)
    comptime for i in range(len(rest)):
        sum += rest[i] * Float64(i + 1)
    return sum


struct Shape[*dims: Int](Copyable):
    var scale: Int

    def __init__(out self, scale: Int):
        self.scale = scale

    def size(self) -> Int:
        var product = self.scale
        comptime for i in range(len(Self.dims)):
            product *= Self.dims[i]
        return product


def main():
    print(Choices[].count(), Choices["a"].count(), Choices["a", "b c"].count())
    print(Choices["a", "b c"].name[1]())
    print(total[](), total[1](), total[1, 2, 39]())
    print(weighted[2](), weighted[2, 0.5, 0.25]())
    print(Shape[2, 3, 4](10).size(), Shape[](7).size())
