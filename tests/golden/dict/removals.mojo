"""Entries that come and go many times: gaps in the middle and at the end."""


def main() raises:
    var d = Dict[Int, Int]()
    var x = 1
    var sum = 0
    for i in range(5000):
        x = (x * 1103515245 + 12345) % 2147483648
        var k = x // 65536 % 300
        if i % 3 == 0:
            sum += d.pop(k, 0)
        elif i % 7 == 0 and len(d) > 0:
            var e = d.popitem()
            sum += e.key * 3 + e.value
        else:
            d[k] = d.get(k, 0) + i
    print(sum, len(d))
    var n = 0
    for e in d.items():
        if n < 10:
            print(e.key, e.value)
        n += 1
    while len(d) > 0:
        sum = (sum * 31 + d.popitem().key) % 1000003
    print(sum, len(d))
    var words = Dict[String, Int]()
    for i in range(200):
        words[String(i % 23) + "-more" * (i % 5)] = i
        if i % 4 == 0:
            _ = words.pop(String(i % 19), 0)
    for e in words.items():
        print(e.key, e.value, end=" ")
    print(len(words))
