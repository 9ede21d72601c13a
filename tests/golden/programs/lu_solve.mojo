def solve(var a: List[List[Float64]], var b: List[Float64]) raises -> List[Float64]:
    var n = len(b)
    for k in range(n):
        var pivot = k
        for i in range(k + 1, n):
            if abs(a[i][k]) > abs(a[pivot][k]):
                pivot = i
        if a[pivot][k] == 0.0:
            raise Error("singular")
        if pivot != k:
            a.swap_elements(pivot, k)
            b.swap_elements(pivot, k)
        for i in range(k + 1, n):
            var factor = a[i][k] / a[k][k]
            for j in range(k, n):
                a[i][j] -= factor * a[k][j]
            b[i] -= factor * b[k]
    var x = List[Float64](length=n, fill=0.0)
    for i in range(n - 1, -1, -1):
        var sum = b[i]
        for j in range(i + 1, n):
            sum -= a[i][j] * x[j]
        x[i] = sum / a[i][i]
    return x^


def main():
    try:
        print(solve([[2.0, 1.0, -1.0], [-3.0, -1.0, 2.0], [-2.0, 1.0, 2.0]], [8.0, -11.0, -3.0]))
        print(solve([[1.0, 2.0], [2.0, 4.0]], [1.0, 2.0]))
    except e:
        print("no solution:", e)
