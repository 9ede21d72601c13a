@fieldwise_init
struct Token(Copyable, Movable):
    var text: String
    var position: Int


def tokens(text: String) raises -> List[Token]:
    var result = List[Token]()
    var parts = text.split(" ")
    for i in range(len(parts)):
        var part = String(parts[i])
        if part == "bad":
            raise Error("bad token at " + String(i))
        result.append(Token(part, i))
    return result^


def evaluate(text: String) raises -> Int:
    var total = 0
    var sign = 1
    for token in tokens(text):
        if token.text == "+":
            sign = 1
        elif token.text == "-":
            sign = -1
        else:
            total += sign * Int(token.text)
    return total


def main():
    var lines: List[String] = ["1 + 2", "10 - 3 + 5", "1 + x", "bad 2", "7"]
    for i in range(len(lines)):
        try:
            var before = String("line ") + String(i)
            var value = evaluate(lines[i])
            print(before, "=", value)
        except e:
            print("line", i, "failed:", e)
