# Several constructors, keyword and variadic ones, of generic structs, with inference; `Self(…)`; out arguments.


struct Matrix[rows: Int, columns: Int](Copyable, Writable):
    var cells: List[Float64]

    def __init__(out self):
        self.cells = List[Float64](length=Self.rows * Self.columns, fill=0.0)

    def __init__(out self, *values: Float64):
        self.cells = List[Float64]()
        for value in values:
            self.cells.append(value)

    def __init__(out self, *, fill: Float64):
        self = Self()
        for i in range(len(self.cells)):
            self.cells[i] = fill

    def __getitem__(self, row: Int, column: Int) -> Float64:
        return self.cells[row * Self.columns + column]

    def __setitem__(mut self, row: Int, column: Int, value: Float64):
        self.cells[row * Self.columns + column] = value

    def __matmul__[other: Int](self, right: Matrix[Self.columns, other]) -> Matrix[Self.rows, other]:
        var result = Matrix[Self.rows, other]()
        for i in range(Self.rows):
            for j in range(other):
                for k in range(Self.columns):
                    result[i, j] += self[i, k] * right[k, j]
        return result^

    def transposed(self) -> Matrix[Self.columns, Self.rows]:
        var result = Matrix[Self.columns, Self.rows]()
        for i in range(Self.rows):
            for j in range(Self.columns):
                result[j, i] = self[i, j]
        return result^

    def write_to(self, mut writer: Some[Writer]):
        for i in range(Self.rows):
            writer.write("[")
            for j in range(Self.columns):
                if j:
                    writer.write(" ")
                writer.write(self[i, j])
            writer.write("]")


struct Wrapper[T: Copyable & Deinitable](Copyable):
    var value: Self.T
    var note: String

    def __init__(out self, value: Self.T):
        self.value = value.copy()
        self.note = "plain"

    def __init__(out self, value: Self.T, *, note: String):
        self = Self(value)
        self.note = note


def main():
    var a = Matrix[2, 3](1, 2, 3, 4, 5, 6)
    print(a)
    print(a.transposed())
    print(a @ a.transposed())
    print(Matrix[1, 2](fill=7.5), Matrix[1, 1]())
    var w = Wrapper(3)
    var v = Wrapper(String("x"), note="named")
    print(w.value, w.note, v.value, v.note)
