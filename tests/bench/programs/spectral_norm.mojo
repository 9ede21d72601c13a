"""The spectral norm of an infinite matrix, cut to n x n: floats in nested loops."""

from std.math import sqrt


def entry(i: Int, j: Int) -> Float64:
    return 1.0 / Float64((i + j) * (i + j + 1) // 2 + i + 1)


def times(v: List[Float64], mut out_: List[Float64]):
    var n = len(v)
    for i in range(n):
        var total = 0.0
        for j in range(n):
            total += entry(i, j) * v[j]
        out_[i] = total


def times_transposed(v: List[Float64], mut out_: List[Float64]):
    var n = len(v)
    for i in range(n):
        var total = 0.0
        for j in range(n):
            total += entry(j, i) * v[j]
        out_[i] = total


def main():
    var n = 1500
    var u = List[Float64](length=n, fill=1.0)
    var v = List[Float64](length=n, fill=0.0)
    var w = List[Float64](length=n, fill=0.0)
    for _ in range(10):
        times(u, w)
        times_transposed(w, v)
        times(v, w)
        times_transposed(w, u)
    var uv = 0.0
    var vv = 0.0
    for i in range(n):
        uv += u[i] * v[i]
        vv += v[i] * v[i]
    print(Int(sqrt(uv / vv) * 1e8))
