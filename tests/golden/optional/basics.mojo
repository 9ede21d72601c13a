def find(xs: List[Int], x: Int) -> Optional[Int]:
    for i in range(len(xs)):
        if xs[i] == x:
            return i
    return None

def name(o: Optional[String] = None) -> String:
    if o:
        return o.value()
    return "nobody"

def main():
    var xs: List[Int] = [4, 5, 6]
    print(find(xs, 5), find(xs, 9))
    print(name(), name(String("bob")), name("al"))
    var o = Optional(3)
    print(o, o.value(), o.or_else(9), Bool(o))
    var e: Optional[String] = None
    print(e, e is None, e is not None, e == None, e.or_else("zz"))
    e = String("now")
    print(e, e is None, e is not None, e != None)
    e = None
    print(e)
    var a: Optional[Int] = 7
    var b = a
    print(a == b, a == Optional[Int](8), b.take(), b, a)
    var ls: List[Optional[String]] = [String("x"), None]
    print(ls)
    if find(xs, 6):
        print("yes")
    var nested: Optional[List[Int]] = xs.copy()
    print(nested.value(), ~a)
    var f = a.copy()
    print(f.value() + 1)
