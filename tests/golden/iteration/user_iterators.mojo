# The program's own iterators, alone and in enumerate and zip; StopIteration ends them.


@fieldwise_init
struct CountIter(Copyable, Iterator):
    comptime Element = Int
    var n: Int
    var stop: Int

    def __next__(mut self) raises StopIteration -> Int:
        if self.n >= self.stop:
            raise StopIteration()
        self.n += 1
        return self.n - 1


@fieldwise_init
struct WordIter(Copyable, Iterator):
    comptime Element = Tuple[Int, String]
    var n: Int

    def __next__(mut self) raises StopIteration -> Tuple[Int, String]:
        if self.n == 0:
            raise StopIteration()
        self.n -= 1
        return (self.n, String("w") * self.n)


@fieldwise_init
struct Count:
    var stop: Int

    def __iter__(self) -> CountIter:
        return CountIter(0, self.stop)


@fieldwise_init
struct Words:
    var count: Int

    def __iter__(self) -> WordIter:
        return WordIter(self.count)


def first_above(limit: Int) -> Int:
    for x in Count(100):
        if x * x > limit:
            return x
    return -1


def main() raises:
    for x in Count(3):
        print(x)
    else:
        print("all")
    for n, word in Words(3):
        print(n, word)
    for var pair in Words(2):
        pair[1] += "!"
        print(pair[1])
    print(first_above(50), first_above(100000))
    for x in Count(10):
        if x == 1:
            continue
        if x == 4:
            break
        for y in Count(x):
            print(x, y, end=";")
    print()
    var it = Count(2).__iter__()
    print(next(it), next(it))
    try:
        print(next(it))
    except e:
        print("stopped")
    var rest = CountIter(5, 8)
    print(rest.__next__())
    print([x * x for x in Count(6) if x % 2 == 1])
