"""Numbers to text to numbers: strings that grow and are read again."""


def main():
    var text = String()
    for i in range(3_000_000):
        text += String(i * 7919 % 100003)
        text += ","
    var bytes = text.as_bytes()
    var total = 0
    var number = 0
    for i in range(len(bytes)):
        if bytes[i] == 44:
            total += number
            number = 0
        else:
            number = number * 10 + Int(bytes[i]) - 48
    print(text.byte_length(), total)
