"""Iterators by hand: next, iter, nth."""


def main() raises:
    var xs: List[Int] = [1, 2, 3]
    var it = iter(xs)
    print(next(it), next(it), next(it))
    try:
        print(next(it))
    except e:
        print(e)
    var r = iter(range(3))
    print(next(r), next(r))
    print(iter(xs).nth(1).value(), Bool(iter(xs).nth(5)))
    var d: Dict[String, Int] = {"a": 1, "b": 2}
    var keys = iter(d)
    print(next(keys))
