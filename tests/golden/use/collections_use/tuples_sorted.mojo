def main():
    var names: List[String] = ["c", "a", "b"]
    var values: List[Int] = [3, 1, 2]
    var order: List[Int] = [0, 1, 2]
    for i in range(3):
        for j in range(i + 1, 3):
            if values[order[j]] < values[order[i]]:
                order.swap_elements(i, j)
    for k in order:
        print(names[k], values[k])
    var pairs = List[Tuple[String, Int]]()
    for i in range(3):
        pairs.append((names[i], values[i]))
    for pair in pairs:
        print(pair[0], pair[1], end=" ")
    print()
