def main() raises:
    var table = Dict[String, Dict[String, Int]]()
    var rows: List[String] = ["a", "b"]
    for row in rows:
        var inner = Dict[String, Int]()
        for k in range(3):
            inner[String(k)] = k * len(table)
        table[row] = inner^
    table["b"]["2"] += 40
    print(table["a"])
    print(table["b"]["2"], len(table))
    var gone = table.pop("a")
    print(gone, "a" in table)
