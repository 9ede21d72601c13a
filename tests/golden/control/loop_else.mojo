def find(limit: Int, wanted: Int) -> Int:
    var seen = 0
    for i in range(limit):
        seen += 1
        if i == wanted:
            print("found", i)
            break
    else:
        print("not found among", seen)
    return seen


def main():
    print(find(5, 3))
    print(find(5, 9))
    var n = 3
    while n > 0:
        print(n)
        n -= 1
    else:
        print("done", n)
