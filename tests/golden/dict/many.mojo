"""Thousands of keys come, go and come again; those that stay keep their order."""


def main() raises:
    var counts = Dict[String, Int]()
    for i in range(2000):
        counts[String("key ") + String(i)] = i
    for i in range(0, 2000, 3):
        _ = counts.pop("key " + String(i))
    var found = 0
    for i in range(2000):
        found += counts.get("key " + String(i), -1)
    print(len(counts), found)
    for i in range(0, 2000, 6):
        counts["key " + String(i)] = -i
    for i in range(1, 1000, 3):
        _ = counts.pop("key " + String(i))
        counts["key " + String(i)] = i * 2
    var order = 0
    var place = 0
    for item in counts.items():
        place += 1
        order = (order * 31 + item.value * place) % 1000003
    print(len(counts), order)
    var numbers = Dict[Int, Int]()
    for round in range(50):
        for i in range(40):
            numbers[i * 1000 + round] = i
        for i in range(40):
            _ = numbers.pop(i * 1000 + round)
    print(len(numbers), 5000 in numbers)
    for i in range(-20, 20):
        numbers[i << 33] = i
    var sum = 0
    for key in numbers.keys():
        sum += numbers[key] * (key >> 33)
    print(len(numbers), sum, (3 << 33) in numbers, (3 << 32) in numbers)
