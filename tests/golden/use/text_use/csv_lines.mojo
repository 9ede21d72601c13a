def main() raises:
    var text = String("name,age\nAda,36\nAlan,41\n")
    var total = 0
    var lines = text.split("\n")
    for i in range(1, len(lines)):
        var line = String(lines[i])
        if not line:
            continue
        var cells = line.split(",")
        print(cells[0], "is", cells[1])
        total += Int(cells[1])
    print(total)
