"""Flips of pancakes over all permutations: small lists, many swaps."""


def fannkuch(n: Int) -> Tuple[Int, Int]:
    var permutation = List[Int](length=n, fill=0)
    var flipped = List[Int](length=n, fill=0)
    var count = List[Int](length=n, fill=0)
    for i in range(n):
        permutation[i] = i
    var checksum = 0
    var most = 0
    var rounds = 0
    var r = n
    while True:
        while r != 1:
            count[r - 1] = r
            r -= 1
        for i in range(n):
            flipped[i] = permutation[i]
        var flips = 0
        var first = flipped[0]
        while first != 0:
            var low = 0
            var high = first
            while low < high:
                var t = flipped[low]
                flipped[low] = flipped[high]
                flipped[high] = t
                low += 1
                high -= 1
            flips += 1
            first = flipped[0]
        most = max(most, flips)
        checksum += flips if rounds % 2 == 0 else -flips
        while True:
            if r == n:
                return (checksum, most)
            var head = permutation[0]
            for i in range(r):
                permutation[i] = permutation[i + 1]
            permutation[r] = head
            count[r] -= 1
            if count[r] > 0:
                break
            r += 1
        rounds += 1


def main():
    var result = fannkuch(10)
    print(result[0], result[1])
