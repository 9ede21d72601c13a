def main():
    var v = SIMD[DType.float64, 4](1, 2, 3, 4)
    v[1] = 9.5
    v[2] += 1
    print(v, v[1], len(v), Int(v[0]))
    for i in range(len(v)):
        v[i] *= 2
    print(v)
    var list: List[SIMD[DType.int32, 2]] = []
    for i in range(3):
        list.append(SIMD[DType.int32, 2](Int32(i), Int32(i * i)))
    list[1][0] = 70
    print(list[0], list[1], list[2])
    print(list)
    var total = SIMD[DType.int32, 2]()
    for item in list:
        total += item
    print(total)
