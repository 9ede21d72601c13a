"""Matrices with their size as parameters: operators, a product of two types, determinant, writing."""
from std.math import sqrt, abs
from std.random import seed, random_float64

struct Matrix[rows: Int, cols: Int](Copyable, Movable, Writable):
    var data: List[Float64]

    def __init__(out self, fill: Float64 = 0.0):
        self.data = List[Float64](length=Self.rows * Self.cols, fill=fill)

    @staticmethod
    def identity() -> Self:
        var m = Self()
        for i in range(min(Self.rows, Self.cols)):
            m[i, i] = 1.0
        return m^

    @staticmethod
    def random() -> Self:
        var m = Self()
        for i in range(Self.rows):
            for j in range(Self.cols):
                m[i, j] = random_float64(-1.0, 1.0)
        return m^

    def __getitem__(self, i: Int, j: Int) -> Float64:
        return self.data[i * Self.cols + j]

    def __setitem__(mut self, i: Int, j: Int, value: Float64):
        self.data[i * Self.cols + j] = value

    def __matmul__[k: Int](self, other: Matrix[Self.cols, k]) -> Matrix[Self.rows, k]:
        var out = Matrix[Self.rows, k]()
        for i in range(Self.rows):
            for j in range(k):
                var s = 0.0
                for l in range(Self.cols):
                    s += self[i, l] * other[l, j]
                out[i, j] = s
        return out^

    def __add__(self, other: Self) -> Self:
        var m = Self()
        for i in range(len(self.data)):
            m.data[i] = self.data[i] + other.data[i]
        return m^

    def transpose(self) -> Matrix[Self.cols, Self.rows]:
        var m = Matrix[Self.cols, Self.rows]()
        for i in range(Self.rows):
            for j in range(Self.cols):
                m[j, i] = self[i, j]
        return m^

    def write_to(self, mut writer: Some[Writer]):
        for i in range(Self.rows):
            writer.write("[")
            for j in range(Self.cols):
                if j > 0:
                    writer.write(", ")
                writer.write(round(self[i, j], 3))
            writer.write("]\n" if i + 1 < Self.rows else "]")


def determinant[n: Int](m: Matrix[n, n]) -> Float64:
    var a = m.copy()
    var det = 1.0
    for c in range(n):
        var pivot = c
        for r in range(c + 1, n):
            if abs(a[r, c]) > abs(a[pivot, c]):
                pivot = r
        if abs(a[pivot, c]) < 1e-12:
            return 0
        if pivot != c:
            det = -det
            for k in range(n):
                var t = a[c, k]
                a[c, k] = a[pivot, k]
                a[pivot, k] = t
        det *= a[c, c]
        for r in range(c + 1, n):
            var f = a[r, c] / a[c, c]
            for k in range(c, n):
                a[r, k] -= f * a[c, k]
    return det


def frobenius[r: Int, c: Int](m: Matrix[r, c]) -> Float64:
    var s: Float64 = 0
    for x in m.data:
        s += x * x
    return sqrt(s)


def main():
    seed(7)
    var a = Matrix[3, 4].random()
    var b = Matrix[4, 3].random()
    print(a @ b)
    print((a @ b).transpose())
    print(determinant(a @ b), determinant(Matrix[5, 5].identity()))
    print(frobenius(a), frobenius(a.transpose() + b))
    comptime for n in range(1, 4):
        print(n, determinant(Matrix[n, n](2.0) + Matrix[n, n].identity()))
