@fieldwise_init
struct Item(Copyable, Movable, Writable):
    var name: String
    var price: Float64
    var count: Int


def total(items: List[Item]) -> Float64:
    var sum = 0.0
    for item in items:
        sum += item.price * Float64(item.count)
    return sum


def main() raises:
    var items = List[Item]()
    items.append(Item("nut", 0.25, 100))
    items.append(Item("bolt", 0.5, 40))
    items[1].count -= 10
    for ref item in items:
        item.price *= 2
    print(total(items))
    print(items[0], len(items))
    var by_name = Dict[String, Int]()
    for item in items:
        by_name[item.name] = item.count
    print(by_name)
    by_name["screw"] = 7
    for entry in by_name.items():
        print(entry.key, entry.value)
