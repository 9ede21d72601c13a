def find(xs: List[Int], x: Int) -> Int:
    var low = 0
    var high = len(xs)
    while low < high:
        var mid = (low + high) // 2
        if xs[mid] < x:
            low = mid + 1
        else:
            high = mid
    return low if low < len(xs) and xs[low] == x else -1


def main():
    var xs = List[Int]()
    for i in range(20):
        xs.append(i * i)
    for x in [0, 1, 5, 81, 361, 400]:
        print(x, find(xs, x))
