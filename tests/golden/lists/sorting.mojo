def quicksort(mut xs: List[Int], low: Int, high: Int):
    if low >= high:
        return
    var pivot = xs[(low + high) // 2]
    var i = low
    var j = high
    while i <= j:
        while xs[i] < pivot:
            i += 1
        while xs[j] > pivot:
            j -= 1
        if i <= j:
            xs.swap_elements(i, j)
            i += 1
            j -= 1
    quicksort(xs, low, j)
    quicksort(xs, i, high)


def main():
    var xs = List[Int]()
    var state = 12345
    for _ in range(200):
        state = (state * 1103515245 + 12345) % 2147483648
        xs.append(state % 1000)
    quicksort(xs, 0, len(xs) - 1)
    print(xs)
