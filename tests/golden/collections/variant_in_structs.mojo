"""A Variant in a struct, in a dictionary, and copied by generic code."""

from std.utils import Variant

comptime Json = Variant[Bool, Float64, String, List[Int]]


@fieldwise_init
struct Field(Copyable, Movable):
    var name: String
    var value: Json


def kind(value: Json) -> String:
    if value.isa[Bool]():
        return "bool"
    elif value.isa[Float64]():
        return "number"
    elif value.isa[List[Int]]():
        return "list"
    return "string"


def same[T: Copyable](x: T) -> T:
    return x.copy()


def main() raises:
    var fields = List[Field]()
    fields.append(Field("a", True))
    fields.append(Field("b", 2.5))
    fields.append(Field("c", String("text")))
    fields.append(Field("d", List[Int]([1, 2])))
    for f in fields:
        print(f.name, kind(f.value), end="; ")
    print()
    fields[3].value[List[Int]].append(3)
    print(fields[3].value[List[Int]], len(fields[3].value[List[Int]]))
    var d = Dict[String, Json]()
    d["x"] = Json(1.0)
    d["y"] = Json(False)
    d["x"][Float64] += 0.5
    print(d["x"][Float64], kind(d["y"]))
    var copy = same(fields[2].value)
    copy[String] += "!"
    print(copy[String], fields[2].value[String])
    var o: Optional[Json] = Json(True)
    print(o.value()[Bool])
