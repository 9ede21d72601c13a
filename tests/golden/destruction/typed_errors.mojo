struct Loud(Movable):
    var x: Int
    def __init__(out self, x: Int):
        self.x = x
        print("init", x)
    def __deinit__(deinit self):
        print("del", self.x)
def b(i: Int) raises Loud:
    print("b")
    raise Loud(i)
def c(i: Int) raises Loud:
    try:
        b(i)
    except e:
        print("c", e.x)
        raise e^
def d(i: Int) raises:
    try:
        c(i)
    except e:
        print("d", e.x)
        raise Error("d")
def main():
    try:
        b(1)
    except:
        print("bare")
    try:
        b(2)
    except e:
        print("caught", e.x)
        print("after")
    try:
        c(3)
    except e:
        print("caught", e.x)
    try:
        d(4)
    except e:
        print(e)
