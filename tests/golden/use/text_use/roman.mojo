def roman(n: Int) -> String:
    var values: List[Int] = [1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1]
    var signs: List[String] = ["M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"]
    var rest = n
    var out_ = String()
    for i in range(len(values)):
        while rest >= values[i]:
            out_ += signs[i]
            rest -= values[i]
    return out_


def main():
    for n in [1, 4, 9, 14, 40, 90, 400, 1994, 2026]:
        print(n, roman(n))
