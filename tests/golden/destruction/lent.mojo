"""What is lent to be changed: the old value ends after its last use, before a new one is made."""


struct Loud(Movable):
    var name: String

    def __init__(out self, name: String):
        self.name = name
        print("make", name)

    def __deinit__(deinit self):
        print("end", self.name)


struct Pair(Movable):
    var left: Loud
    var right: Loud

    def __init__(out self, name: String):
        self.left = Loud(name + ".left")
        self.right = Loud(name + ".right")

    def renew_left(mut self):
        print("renew left")
        self.left = Loud("new left")
        print("renewed")

    def renew(mut self, keep: Bool) raises:
        print("renew", keep)
        if keep:
            raise Error("kept " + self.left.name)
        self.right = Loud("new right")
        print("half")
        self = Pair("whole")
        print("done")


def replaced(mut loud: Loud):
    print("replace")
    loud = Loud("b")
    print("replaced")


def replaced_after_use(mut loud: Loud):
    print("holds", loud.name)
    print("used")
    loud = Loud("c")


def maybe(mut loud: Loud, number: Int):
    if number == 1:
        loud = Loud("d")
    elif number == 2:
        return
    print("after", loud.name)


def in_loop(mut loud: Loud):
    for i in range(3):
        if i == 1:
            continue
        loud = Loud("e" + String(i))
    print("loop left")


def tried(mut loud: Loud, number: Int):
    try:
        if number == 1:
            raise Error("one")
        loud = Loud("f")
    except error:
        print("caught", error, loud.name)
        loud = Loud("g")


def owned(var pair: Pair):
    print("owned")
    pair.left = Loud("other left")
    print("assigned")
    pair.right = Loud("other right")
    print(pair.right.name)


def main() raises:
    var loud = Loud("a")
    replaced(loud)
    replaced_after_use(loud)
    maybe(loud, 0)
    maybe(loud, 1)
    maybe(loud, 2)
    in_loop(loud)
    tried(loud, 0)
    tried(loud, 1)
    print(loud.name)
    var pair = Pair("p")
    pair.renew_left()
    try:
        pair.renew(True)
    except error:
        print(error)
    pair.renew(False)
    print(pair.left.name)
    owned(pair^)
