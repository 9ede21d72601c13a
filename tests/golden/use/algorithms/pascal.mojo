def main():
    var row: List[Int] = [1]
    for _ in range(10):
        print(row)
        var next: List[Int] = [1]
        for i in range(1, len(row)):
            next.append(row[i - 1] + row[i])
        next.append(1)
        row = next^
