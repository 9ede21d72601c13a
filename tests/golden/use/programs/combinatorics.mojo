"""Permutations, combinations, subsets, partitions: recursion with a list that is changed and restored."""


def permute(mut xs: List[Int], k: Int, mut found: List[List[Int]]):
    if k == len(xs):
        found.append(xs.copy())
        return
    for i in range(k, len(xs)):
        xs.swap_elements(k, i)
        permute(xs, k + 1, found)
        xs.swap_elements(k, i)


def combine(n: Int, k: Int, start: Int, mut chosen: List[Int], mut count: Int):
    if len(chosen) == k:
        if count < 4:
            print(chosen)
        count += 1
        return
    for i in range(start, n):
        chosen.append(i)
        combine(n, k, i + 1, chosen, count)
        _ = chosen.pop()


def partitions(n: Int, largest: Int) -> Int:
    if n == 0:
        return 1
    var total = 0
    for part in range(1, min(n, largest) + 1):
        total += partitions(n - part, part)
    return total


def subsets[T: Copyable & Movable & Deinitable](xs: List[T]) -> List[List[T]]:
    var out: List[List[T]] = [List[T]()]
    for x in xs:
        for i in range(len(out)):
            var more = out[i].copy()
            more.append(x.copy())
            out.append(more^)
    return out^


def binomial(n: Int, k: Int) -> Int:
    var r = 1
    for i in range(min(k, n - k)):
        r = r * (n - i) // (i + 1)
    return r


def main():
    var found: List[List[Int]] = []
    var xs: List[Int] = [1, 2, 3]
    permute(xs, 0, found)
    for p in found:
        print(p, end=" ")
    print(len(found))
    var count = 0
    var chosen: List[Int] = []
    combine(6, 3, 0, chosen, count)
    print(count, binomial(6, 3), binomial(40, 20))
    print(partitions(20, 20))
    var names: List[String] = ["a", "b", "c"]
    for s in subsets(names):
        print("{", ",".join(s), "}", sep="", end=" ")
    print()
