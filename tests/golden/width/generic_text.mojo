@fieldwise_init
struct Box[T: Copyable & Deinitable & Writable](Copyable, Movable, Writable):
    var item: Self.T

@fieldwise_init
struct Arr[n: Int](Copyable, Movable, Writable):
    var k: Int

def main():
    print(Box[Int](5), Box(String("a")), Box(2.5), Box(UInt8(3)), Box(True))
    print(Box(Box(1)), Arr[3](4))
    var x: List[Int] = [1]
    print(Box(x^))
    var l: List[Box[Int]] = [Box(1)]
    print(l)
