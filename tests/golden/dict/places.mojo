@fieldwise_init
struct Account(Copyable, Movable, Writable):
    var owner: String
    var cents: Int


def main() raises:
    var counts = Dict[String, Int]()
    for word in String("a b a c b a").split():
        counts[String(word)] = counts.get(String(word), 0) + 1
    counts["a"] += 10
    counts["b"] -= 1
    print(counts)
    var groups = Dict[Int, List[String]]()
    groups[1] = List[String]()
    groups[1].append("x")
    groups[1].append("y")
    groups[1][0] += "!"
    groups[2] = [String("z")]
    print(groups, len(groups[1]), groups[1][1])
    var accounts = Dict[String, Account]()
    accounts["bob"] = Account("Bob", 100)
    accounts["bob"].cents += 5
    accounts["bob"].owner += "by"
    print(accounts["bob"], accounts["bob"].cents)
    var table = Dict[Int, Dict[Int, String]]()
    table[1] = Dict[Int, String]()
    table[1][2] = "deep"
    table[1][3] = "er"
    print(table, table[1][2])
    counts.setdefault("q", 5) += 1
    _ = counts.setdefault("q", 50)
    print(counts)
    ref cell = counts["c"]
    cell = 77
    print(counts["c"])
    try:
        counts["none"] += 1
    except e:
        print("error", e)
    var maybe = Optional(List[Int]())
    maybe.value().append(3)
    maybe.value().append(4)
    maybe.value()[0] += 10
    print(maybe.value(), len(maybe.value()))
    var number = Optional(3)
    number.value() += 4
    number.value() *= 2
    print(number)
