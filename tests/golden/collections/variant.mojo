"""Variant: one of several types, known by asking."""

from std.utils import Variant

comptime Cell = Variant[Int, String, Float64]


def describe(cell: Cell) -> String:
    if cell.isa[Int]():
        return String("Int ", cell[Int])
    if cell.isa[String]():
        return String("String ", cell[String])
    return String("Float64 ", cell[Float64])


def main():
    var a = Cell(4)
    var b = Cell(String("text"))
    var c = Cell(2.5)
    print(describe(a), describe(b), describe(c))
    a[Int] += 3
    print(a[Int], a.isa[Int](), a.isa[String]())
    a.set[String](String("changed"))
    print(describe(a))
    a = String("assigned")
    print(describe(a), a)
    var d = b
    d[String] += "!"
    print(b[String], d[String], b == d, b != d)
    print(d.unsafe_get[String]())
    var row = List[Cell]()
    row.append(1)
    row.append(String("two"))
    row.append(3.0)
    for cell in row:
        print(describe(cell))
    print(repr(row[1]))
    print(Cell.is_type_supported[Int](), Cell.is_type_supported[Bool]())
    print(b^.unwrap[String]())
    var old = c.replace[Int, Float64](7)
    print(old, c[Int])
