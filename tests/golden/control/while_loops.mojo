def main():
    var i = 0
    while i < 5:
        i += 1
        if i == 2:
            continue
        if i == 4:
            break
        print(i)
    print("after", i)
    var n = 27
    var steps = 0
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    print(steps)
    var a = 48
    var b = 36
    while b:
        a, b = b, a % b
    print(a)
