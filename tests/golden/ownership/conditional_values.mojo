def choose(flag: Bool, a: String, b: String) -> String:
    return a if flag else b


def label(n: Int) -> String:
    var text: String
    if n == 0:
        text = "none"
    elif n == 1:
        text = "one"
    else:
        text = "many" if n < 10 else "lots"
    return text


def main():
    print(choose(True, "yes", "no"), choose(False, "yes", "no"))
    for n in range(0, 15, 5):
        print(n, label(n), label(n) + "?" if n > 4 else "-")
    var s = String("a")
    var longest = s if s > "b" else String("b")
    print(longest, s)
    if label(1) == "one" and label(2) != "one" or label(3) == "x":
        print("short circuit")
