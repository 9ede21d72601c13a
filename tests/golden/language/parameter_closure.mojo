"""`@parameter` closures capture all they use."""


def apply[f: def(Int) capturing -> Int](n: Int) -> Int:
    return f(n)

def main():
    var k = 3
    @parameter
    def add(x: Int) -> Int:
        return x + k
    print(apply[add](4))
