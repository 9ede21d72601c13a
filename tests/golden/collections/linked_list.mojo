from std.collections import LinkedList


def main() raises:
    var ll = LinkedList[Int]()
    ll.append(1)
    ll.append(2)
    ll.prepend(0)
    print(ll, len(ll), 2 in ll)
    ll.insert(1, 9)
    ll.reverse()
    print(ll, ll.pop(), ll.pop(0), len(ll))
    for x in ll:
        print(x, end=" ")
    print()
    ll.clear()
    print(len(ll), Bool(ll))
