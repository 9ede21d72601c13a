def largest[T: Comparable & ImplicitlyCopyable & Deinitable](xs: List[T]) -> T:
    var best = xs[0]
    for i in range(1, len(xs)):
        if xs[i] > best:
            best = xs[i]
    return best


def repeat[count: Int](text: String) -> String:
    var result = String()
    for _ in range(count):
        result += text
    return result


def main():
    var ints: List[Int] = [3, 9, 2]
    var floats: List[Float64] = [3.5, -9.0]
    print(largest(ints), largest(floats))
    print(repeat[3]("ab"), repeat[0]("x"))
