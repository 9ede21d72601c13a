def multiply(a: List[List[Float64]], b: List[List[Float64]]) -> List[List[Float64]]:
    var n = len(a)
    var m = len(b[0])
    var result = List[List[Float64]]()
    for i in range(n):
        var row = List[Float64]()
        for j in range(m):
            var sum = 0.0
            for k in range(len(b)):
                sum += a[i][k] * b[k][j]
            row.append(sum)
        result.append(row^)
    return result^


def main():
    var a: List[List[Float64]] = [[1.0, 2.0], [3.0, 4.5]]
    var p: List[List[Float64]] = [[1.0, 0.0], [0.0, 1.0]]
    for _ in range(6):
        p = multiply(p, a)
        print(p)
