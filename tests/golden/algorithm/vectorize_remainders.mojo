from std.algorithm import vectorize, map
def main():
    var sizes = List[Int]()
    def vs[w: Int](i: Int) {mut sizes}:
        sizes.append(w * 100 + i)
    vectorize[4](11, vs)
    print(sizes)
    sizes.clear()
    vectorize[4, unroll_factor=2](13, vs)
    print(sizes)
    sizes.clear()
    vectorize[4, size=10](vs)
    print(sizes)
    sizes.clear()
    vectorize[4, size=11](vs)
    print(sizes)
    sizes.clear()
    def ve[w: Int](i: Int, evl: Int) {mut sizes}:
        sizes.append(w * 100 + i * 10 + evl)
    vectorize[4](10, ve)
    print(sizes)
    sizes.clear()
    vectorize[4](closure=vs, size=5)
    print(sizes)
