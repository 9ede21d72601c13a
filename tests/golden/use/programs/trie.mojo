"""A trie over bytes whose nodes lie in one list; words by prefix, and how many nodes they share."""


@fieldwise_init
struct Node(Copyable, Movable):
    var children: Dict[Int, Int]
    var count: Int


struct Trie(Movable):
    var nodes: List[Node]

    def __init__(out self):
        self.nodes = [Node({}, 0)]

    def add(mut self, word: String) raises:
        var at = 0
        for b in word.as_bytes():
            var key = Int(b)
            if key not in self.nodes[at].children:
                self.nodes[at].children[key] = len(self.nodes)
                self.nodes.append(Node({}, 0))
            at = self.nodes[at].children[key]
        self.nodes[at].count += 1

    def find(self, prefix: String) raises -> Int:
        var at = 0
        for b in prefix.as_bytes():
            if Int(b) not in self.nodes[at].children:
                raise Error("no such prefix")
            at = self.nodes[at].children[Int(b)]
        return at

    def collect(self, at: Int, prefix: String, mut out: List[String]) raises:
        if self.nodes[at].count > 0:
            out.append(prefix)
        var keys: List[Int] = []
        for k in self.nodes[at].children.keys():
            keys.append(k)
        sort(keys)
        for k in keys:
            self.collect(self.nodes[at].children[k], prefix + chr(k), out)


def main() raises:
    var trie = Trie()
    for word in String("tea ten to i in inn tea tent").split():
        trie.add(String(word))
    print(len(trie.nodes))
    for prefix in ["te", "in", "x", ""]:
        try:
            var out: List[String] = []
            trie.collect(trie.find(prefix), prefix, out)
            print(prefix, "->", " ".join(out))
        except e:
            print(prefix, "->", e)
