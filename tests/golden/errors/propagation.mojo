def third(x: Int) raises -> String:
    if x > 2:
        raise Error("deep " + String(x))
    return "ok " + String(x)


def second(x: Int) raises -> String:
    var held: List[String] = ["held", "values"]
    var text = third(x) + " " + held[1]
    return text


def first(x: Int) raises -> Int:
    var total = 0
    for i in range(x + 1):
        var text = second(i)
        total += text.byte_length()
    return total


def main():
    for x in range(5):
        try:
            print(first(x))
        except e:
            print("error:", e)
