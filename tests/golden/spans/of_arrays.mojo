def total(values: Span[Float64, _]) -> Float64:
    var sum = 0.0
    for value in values:
        sum += value
    return sum


def main():
    print(total([1.0, 2.0, 3.5]))
    var array = [1.0, 2.0]
    print(total(array), len(Span(array)))
    var list: List[Float64] = [4.0]
    print(total(list))
    var text = String("héy")
    for byte in text.bytes():
        print(byte, end=" ")
    print()
