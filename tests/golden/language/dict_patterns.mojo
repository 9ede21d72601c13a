"""How programs count, group and look up with dictionaries."""


def main() raises:
    var words = String("the cat and the dog and the bird").split(" ")
    var counts = Dict[String, Int]()
    for w in words:
        var key = String(w)
        counts[key] = counts.get(key, 0) + 1
    for item in counts.items():
        print(item.key, item.value)
    var groups = Dict[Int, List[String]]()
    for w in words:
        var n = w.byte_length()
        if n not in groups:
            groups[n] = List[String]()
        groups[n].append(String(w))
    for key in groups.keys():
        print(key, len(groups[key]))
    if "cat" in counts:
        print("cat", counts["cat"])
    try:
        print(counts["cow"])
    except e:
        print("no cow")
    for ref v in counts.values():
        v *= 10
    print(counts.pop("the"), len(counts))
    var copied = counts.copy()
    copied["new"] = 1
    print(len(counts), len(copied))
