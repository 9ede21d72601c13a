def main():
    var xs: List[Int] = [1, 2, 3]
    var total = 0
    for x in xs:
        total += x
    print(total)
    for ref x in xs:
        x *= 10
    print(xs)
    var words: List[String] = ["a", "b", "c"]
    var joined = String()
    for word in words:
        joined += word + ";"
    print(joined)
    var grid: List[List[Int]] = [[1, 2], [3, 4, 5]]
    for row in grid:
        var sum = 0
        for cell in row:
            sum += cell
        print(sum, len(row))
