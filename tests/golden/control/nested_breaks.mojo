def main():
    var found = 0
    for i in range(2, 60):
        var is_prime = True
        for j in range(2, i):
            if j * j > i:
                break
            if i % j == 0:
                is_prime = False
                break
        if not is_prime:
            continue
        found += 1
        print(i, end=" ")
    print(found)
    for i in range(4):
        for j in range(4):
            if j > i:
                break
            if (i + j) % 2 == 1:
                continue
            print(i, j)
