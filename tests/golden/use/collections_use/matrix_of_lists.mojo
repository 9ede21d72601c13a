def transpose(m: List[List[Float64]]) -> List[List[Float64]]:
    var out_ = List[List[Float64]]()
    for j in range(len(m[0])):
        var row = List[Float64]()
        for i in range(len(m)):
            row.append(m[i][j])
        out_.append(row^)
    return out_^


def main():
    var m: List[List[Float64]] = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
    var t = transpose(m)
    print(t)
    t[0][1] = -1.5
    print(t, len(t), len(t[0]))
    print(m)
