from std.utils import Index, IndexList


def main() raises:
    var il = IndexList[3](1, 2, 3)
    print(il, il[1], len(il), il.flattened_length())
    print(Index(1, 2), il == IndexList[3](1, 2, 3))
    print(il + il, il * il)
