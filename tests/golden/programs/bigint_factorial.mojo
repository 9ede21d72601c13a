def multiply(mut digits: List[Int], factor: Int):
    var carry = 0
    for i in range(len(digits)):
        var value = digits[i] * factor + carry
        digits[i] = value % 10
        carry = value // 10
    while carry > 0:
        digits.append(carry % 10)
        carry //= 10


def text(digits: List[Int]) -> String:
    var result = String()
    for i in range(len(digits) - 1, -1, -1):
        result += String(digits[i])
    return result


def main():
    var digits: List[Int] = [1]
    for n in range(1, 61):
        multiply(digits, n)
        if n % 15 == 0:
            print(n, text(digits))
