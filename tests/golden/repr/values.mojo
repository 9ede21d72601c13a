@fieldwise_init
struct Point(Copyable, Movable, Writable):
    var x: Int
    var name: String


@fieldwise_init
struct Temperature(Copyable, Movable, Writable):
    var degrees: Float64

    def write_to(self, mut writer: Some[Writer]):
        writer.write(self.degrees, " C")

    def write_repr_to(self, mut writer: Some[Writer]):
        writer.write("T<", self.degrees, ">")


def main():
    print(repr(1), repr(1.5), repr(True), repr("it's\n\t\\"), repr(String("é\x01\x7f")))
    print(repr(Int8(1)), repr(Float32(0.25)), repr(UInt(3)), repr(UInt8(4)))
    var xs: List[Int] = [1, 2]
    var names: List[String] = [String("a"), String("b")]
    print(repr(xs), repr(names), repr(List[Float32]()))
    var nested: List[List[Int]] = [xs.copy(), List[Int]()]
    print(repr(nested), nested)
    print(repr((1, String("a"))), repr((2.5,)))
    print(repr(Point(1, "p")), Point(2, "q"))
    print(repr(Temperature(20.5)), Temperature(21.5))
    print(repr(Optional(3)), repr(Optional[String](None)))
    var d = Dict[String, Int]()
    d["k"] = 1
    print(repr(d))
    var points: List[Point] = [Point(3, "r")]
    print(repr(points), points)
