@fieldwise_init
struct P(Writable, Copyable, Movable):
    var x: Int
    var y: Float64
    var s: String
    def write_to(self, mut writer: Some[Writer]):
        writer.write("P(")
        self.x.write_to(writer)
        writer.write(", ")
        self.y.write_to(writer)
        writer.write(", ")
        self.s.write_to(writer)
        t" n={self.x}".write_to(writer)
        StaticString(")").write_to(writer)
        True.write_to(writer)
        "lit".write_to(writer)
        self.s.write_repr_to(writer)
        self.x.write_repr_to(writer)
        writer.write_string("!")
        var l: List[Int] = [1, 2]
        l.write_to(writer)
        l.write_repr_to(writer)

@fieldwise_init
struct Wrap[T: Writable & Copyable & Movable & Deinitable](Writable, Copyable, Movable):
    var inner: Self.T
    def write_to(self, mut writer: Some[Writer]):
        writer.write("<")
        self.inner.write_to(writer)
        writer.write(">")
    def write_repr_to(self, mut writer: Some[Writer]):
        writer.write("Wrap(")
        self.inner.write_repr_to(writer)
        writer.write(")")

def show[T: Writable](x: T) -> String:
    var out = String()
    x.write_to(out)
    return out^

def main():
    print(P(1, 2.5, "text"))
    print(Wrap(3), Wrap(String("a")), Wrap(Wrap(1.5)), Wrap(P(1, 2, "z")))
    print(repr(Wrap(String("q"))), repr(Wrap(2)))
    print(show(5), show(2.5), show("lit"), show(String("s")), show(True), show(Wrap(UInt8(7))))
    var d: Dict[String, Int] = {"a": 1}
    print(show(d), show(Optional[Int](3)), show(Optional[Int]()), show((1, "a")))
    print(show(SIMD[DType.int32, 4](1, 2, 3, 4)), show(DType.float32), show(Error("bad")))
    print((5).__add__(3), (7).__floordiv__(2), (2.5).__mul__(2.0), Int(5).__lt__(6), "a".__add__("b"), String("abc").__contains__("b"))
    print([1, 2].__len__(), "ab" in "cab", (3).__neg__(), (1.5).__neg__(), Int(-3).__abs__(), Int(10).__divmod__(3), Int(2).__pow__(5))
    print(hash(5) == hash(5), True.__invert__(), (6).__and__(3), (6).__xor__(3), (1).__lshift__(4))
    print(Int(3).__eq__(3), "a".__eq__("b"), Int(5).__rsub__(7), Int(2).__rpow__(3), Float64(7).__mod__(4.0), round(1.5))
