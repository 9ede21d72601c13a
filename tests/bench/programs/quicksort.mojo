"""Sort two million numbers in place, by recursion."""


def sort_range(mut a: List[Int], low: Int, high: Int):
    var first = low
    var last = high
    while first < last:
        var pivot = a[(first + last) // 2]
        var i = first
        var j = last
        while i <= j:
            while a[i] < pivot:
                i += 1
            while a[j] > pivot:
                j -= 1
            if i <= j:
                var t = a[i]
                a[i] = a[j]
                a[j] = t
                i += 1
                j -= 1
        if j - first < last - i:
            sort_range(a, first, j)
            first = i
        else:
            sort_range(a, i, last)
            last = j


def main():
    var n = 2_000_000
    var a = List[Int](length=n, fill=0)
    var state = UInt64(99)
    for i in range(n):
        state = state * 6364136223846793005 + 1442695040888963407
        a[i] = Int(state >> 33)
    sort_range(a, 0, n - 1)
    var check = 0
    for i in range(0, n, 1000):
        check = (check * 31 + a[i]) % 1000000007
    print(check)
