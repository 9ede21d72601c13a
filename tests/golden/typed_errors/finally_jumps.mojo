def early(x: Int) -> Int:
    try:
        if x == 0:
            return 10
        print("on")
    finally:
        print("finally", x)
    return 20


def nested(x: Int) raises -> Int:
    for i in range(4):
        try:
            try:
                if i == x:
                    return i * 100
                if i == 1:
                    continue
                print("body", i)
            finally:
                print("inner", i)
            if i == 2:
                break
        finally:
            print("outer", i)
    return -1


def caught(x: Int) -> Int:
    while True:
        try:
            if x == 1:
                raise Error("one")
            return 1
        except e:
            print(e)
            break
        finally:
            print("done")
    return 2


def main() raises:
    print(early(0))
    print(early(1))
    print(nested(0))
    print(nested(2))
    print(nested(9))
    print(caught(0))
    print(caught(1))
