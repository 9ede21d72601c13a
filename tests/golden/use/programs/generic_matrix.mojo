# Matrix generic over dtype, with operators, and LU.
from std.math import sqrt, sin, cos, pi
from std.random import seed, random_float64

struct Matrix[dtype: DType = DType.float64](Copyable, Movable, Writable, Sized):
    var rows: Int
    var cols: Int
    var data: List[Scalar[Self.dtype]]

    def __init__(out self, rows: Int, cols: Int, fill: Scalar[Self.dtype] = 0):
        self.rows = rows
        self.cols = cols
        self.data = List[Scalar[Self.dtype]](length=rows * cols, fill=fill)

    @staticmethod
    def identity(n: Int) -> Self:
        var m = Self(n, n)
        for i in range(n):
            m[i, i] = 1
        return m^

    def __getitem__(self, i: Int, j: Int) -> Scalar[Self.dtype]:
        return self.data[i * self.cols + j]

    def __setitem__(mut self, i: Int, j: Int, v: Scalar[Self.dtype]):
        self.data[i * self.cols + j] = v

    def __len__(self) -> Int:
        return self.rows * self.cols

    def __add__(self, other: Self) -> Self:
        var out = Self(self.rows, self.cols)
        for i in range(len(self)):
            out.data[i] = self.data[i] + other.data[i]
        return out^

    def __mul__(self, k: Scalar[Self.dtype]) -> Self:
        var out = self.copy()
        for ref v in out.data:
            v *= k
        return out^

    def __matmul__(self, other: Self) raises -> Self:
        if self.cols != other.rows:
            raise Error("shapes (", self.rows, ", ", self.cols, ") and (", other.rows, ", ", other.cols, ") do not fit")
        var out = Self(self.rows, other.cols)
        for i in range(self.rows):
            for j in range(other.cols):
                var s: Scalar[Self.dtype] = 0
                for k in range(self.cols):
                    s += self[i, k] * other[k, j]
                out[i, j] = s
        return out^

    def transposed(self) -> Self:
        var out = Self(self.cols, self.rows)
        for i in range(self.rows):
            for j in range(self.cols):
                out[j, i] = self[i, j]
        return out^

    def write_to(self, mut writer: Some[Writer]):
        for i in range(self.rows):
            writer.write("[")
            for j in range(self.cols):
                if j > 0:
                    writer.write(", ")
                writer.write(self[i, j])
            writer.write("]\n")

def rotation(angle: Float64) -> Matrix[]:
    var m = Matrix[](2, 2)
    m[0, 0] = cos(angle); m[0, 1] = -sin(angle)
    m[1, 0] = sin(angle); m[1, 1] = cos(angle)
    return m^

def norm[dt: DType](m: Matrix[dt]) -> Scalar[dt] where dt.is_floating_point():
    var s = Scalar[dt](0)
    for v in m.data:
        s += v * v
    return sqrt(s)

def main() raises:
    var r = rotation(pi / 6)
    var m = Matrix[].identity(2)
    for _ in range(12):
        m = m @ r
    print(m, end="")
    print(norm(m))
    var i32 = Matrix[DType.int32](2, 3, 7)
    i32[1, 2] = -1
    print(i32 * 2 + i32, end="")
    print(i32.transposed(), len(i32))
    try:
        _ = i32 @ i32
    except e:
        print("error:", e)
    seed(42)
    var q = Matrix[DType.float32](2, 2)
    for ref v in q.data:
        v = random_float64(-1, 1).cast[DType.float32]()
    print(q @ q.transposed())
