def find[limit: Int](x: Int) -> Int:
    comptime for i in range(limit):
        if i * i >= x:
            return i
    return -1


def main():
    comptime for i in range(5):
        comptime if i == 3:
            break
        print("a", i)
    comptime for i in range(5):
        comptime if i == 1:
            continue
        print("b", i)
    var k = 2
    comptime for i in range(6):
        if i == k:
            continue
        if i == k + 2:
            break
        print("c", i)
    for j in range(3):
        comptime for i in range(3):
            if i == j:
                break
            print("d", i, j)
        if j == 1:
            continue
        print("e", j)
    var text = String()
    comptime for i in range(4):
        var part = String("p") + String(i)
        if i == 2:
            continue
        text += part
    print(text)
    print(find[10](17), find[3](17))
