def check(x: Int) raises:
    if x % 2 == 1:
        raise Error("odd " + String(x))


def main():
    for i in range(4):
        try:
            check(i)
        except e:
            print("failed:", e)
        else:
            print("fine", i)
    try:
        try:
            check(1)
        except e:
            print("inner", e)
            raise Error("from the handler")
    except e:
        print("outer", e)
