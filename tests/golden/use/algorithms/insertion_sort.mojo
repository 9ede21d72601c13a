def insertion_sort[T: Copyable & Comparable & Deinitable](mut xs: List[T]):
    for i in range(1, len(xs)):
        var j = i
        while j > 0 and xs[j] < xs[j - 1]:
            xs.swap_elements(j, j - 1)
            j -= 1


def main():
    var a: List[Int] = [5, 2, 9, 1, 5, 6]
    insertion_sort(a)
    print(a)
    var b: List[String] = ["pear", "fig", "apple"]
    insertion_sort(b)
    print(b)
    var c: List[Float64] = [2.5, -1.0, 0.0]
    insertion_sort(c)
    print(c)
