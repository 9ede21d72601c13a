def run(code: List[String]) raises -> Int:
    var stack = List[Int]()
    for word in code:
        if word == "+":
            var b = stack.pop()
            var a = stack.pop()
            stack.append(a + b)
        elif word == "*":
            var b = stack.pop()
            var a = stack.pop()
            stack.append(a * b)
        elif word == "dup":
            stack.append(stack[len(stack) - 1])
        else:
            stack.append(Int(word))
    return stack.pop()


def main() raises:
    print(run(["3", "4", "+", "dup", "*"]))
    try:
        print(run(["3", "oops"]))
    except e:
        print("failed:", e)
