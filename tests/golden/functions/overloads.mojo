def describe(x: Int) -> String:
    return "Int " + String(x)


def describe(x: Float64) -> String:
    return "Float64 " + String(x)


def describe(x: String) -> String:
    return "String " + x


def describe(x: Int, y: Int) -> String:
    return "two " + String(x + y)


def main():
    print(describe(1))
    print(describe(1.5))
    print(describe("a"))
    print(describe(1, 2))
    var f = 2.0
    print(describe(f))
