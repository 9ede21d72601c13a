@fieldwise_init
struct Row(Copyable, Movable):
    var name: String
    var count: Int
    var share: Float64


def right(text: String, width: Int) -> String:
    return " " * max(0, width - text.byte_length()) + text


def left(text: String, width: Int) -> String:
    return text + " " * max(0, width - text.byte_length())


def main():
    var rows = List[Row]()
    var names: List[String] = ["alpha", "beta", "gamma delta"]
    var total = 0
    for i in range(len(names)):
        rows.append(Row(names[i], (i + 1) * 17 % 23, 0.0))
        total += rows[i].count
    for ref row in rows:
        row.share = Float64(row.count) / Float64(total)
    print(left("name", 14) + right("count", 6) + right("share", 22))
    for row in rows:
        print(left(row.name, 14) + right(String(row.count), 6) + right(String(row.share), 22))
