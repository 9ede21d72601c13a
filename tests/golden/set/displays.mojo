from std.collections import Set


@fieldwise_init
struct Point(Copyable, Movable, Writable):
    var x: Int
    var y: Int


def total(prices: Dict[String, Float64]) -> Float64:
    var sum = 0.0
    for entry in prices.items():
        sum += entry.value
    return sum


def origin() -> Point:
    return {0, 0}


def main() raises:
    var ages = {"ann": 30, "bob": 25}
    ages["cy"] = 41
    print(ages, len(ages))
    var names: Dict[Int, String] = {1: "one", 2: "two"}
    print(names, names[2])
    print(total({"tea": 2.5, "milk": 1.25}))
    var empty: Dict[String, Int] = {}
    print(empty, len(empty))
    var primes = {2, 3, 5, 7}
    primes.add(11)
    primes.add(3)
    print(primes, 5 in primes, 4 in primes, len(primes))
    var evens: Set[Int] = {2, 4, 6}
    print(primes & evens, primes | evens, primes - evens, primes ^ evens)
    print(evens <= primes, {2} < evens, evens == {6, 4, 2}, evens.isdisjoint({1, 3}))
    evens.remove(4)
    evens.discard(99)
    try:
        evens.remove(99)
    except e:
        print(e)
    print(evens, evens.pop(), evens)
    var p: Point = {3, 4}
    print(p, origin())
    var words = Set[String]()
    for word in String("to be or not to be").split():
        words.add(String(word))
    print(words, len(words), hash({1, 2}) == hash({2, 1}))
    words.clear()
    print(words, Bool(words))
    evens |= {8, 10}
    evens -= {2}
    print(evens, evens.union({1}), evens.intersection({8}), evens.difference({8}), evens.symmetric_difference({8, 1}))
    print(repr({"k": 1.5}), repr({1}))
