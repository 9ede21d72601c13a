# The trait Iterable, as the language spells it: the iterator's type for any origin, and 'ref self'.
@fieldwise_init
struct CountIter(Iterator, ImplicitlyCopyable):
    comptime Element = Int
    var n: Int
    var stop: Int
    def __next__(mut self) raises StopIteration -> Int:
        if self.n >= self.stop:
            raise StopIteration()
        self.n += 1
        return self.n - 1

@fieldwise_init
struct Count(Iterable):
    comptime IteratorType[iterable_mut: Bool, //, iterable_origin: Origin[mut=iterable_mut]]: Iterator = CountIter
    var stop: Int
    def __iter__(ref self) -> Self.IteratorType[origin_of(self)]:
        return CountIter(0, self.stop)

def main() raises:
    for x in Count(3):
        print(x)
    for i, x in enumerate(Count(3)):
        print(i, x)
    for a, b in zip(Count(3), Count(4)):
        print(a, b)
    var count = Count(2)
    var it = iter(count)
    print(next(it))
    var xs: List[Int] = [1, 2, 3]
    var items = iter(xs)
    print(next(items))
    for x in items:
        print("rest", x)
