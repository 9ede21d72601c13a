"""Huffman codes: counts in a Dict, a nested function that changes its surroundings, recursion."""
from std.collections import Dict, List
from std.memory import OwnedPointer

struct Node(Movable):
    var symbol: Int
    var weight: Int

    def __init__(out self, symbol: Int, weight: Int):
        self.symbol = symbol
        self.weight = weight


def walk(lefts: List[Int], rights: List[Int], symbols: List[Int], node: Int, prefix: String, mut codes: Dict[Int, String]):
    if lefts[node] < 0:
        codes[symbols[node]] = prefix if prefix else "0"
        return
    walk(lefts, rights, symbols, lefts[node], prefix + "0", codes)
    walk(lefts, rights, symbols, rights[node], prefix + "1", codes)


def main() raises:
    var text = "this is an example of a huffman tree"
    var freq = Dict[Int, Int]()
    for b in text.as_bytes():
        freq[Int(b)] = freq.get(Int(b), 0) + 1
    var symbols = List[Int]()
    var weights = List[Int]()
    var lefts = List[Int]()
    var rights = List[Int]()
    var live = List[Int]()
    var keys = [k for k in freq.keys()]
    sort(keys)
    for k in keys:
        live.append(len(symbols))
        symbols.append(k)
        weights.append(freq[k])
        lefts.append(-1)
        rights.append(-1)

    @__parameter
    def take_smallest() -> Int:
        var best = 0
        for i in range(1, len(live)):
            if weights[live[i]] < weights[live[best]]:
                best = i
        return live.pop(best)

    while len(live) > 1:
        var a = take_smallest()
        var b = take_smallest()
        live.append(len(symbols))
        symbols.append(-1)
        weights.append(weights[a] + weights[b])
        lefts.append(a)
        rights.append(b)
    var codes = Dict[Int, String]()
    walk(lefts, rights, symbols, live[0], "", codes)
    var bits = 0
    for k in keys:
        print(repr(chr(k)), freq[k], codes[k])
        bits += freq[k] * codes[k].byte_length()
    print(bits, "bits of", text.byte_length() * 8)
