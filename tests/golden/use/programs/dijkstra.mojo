"""Shortest paths between cities: Dict of lists of structs, Set, tuples as values, joined text."""
from std.collections import Dict, Set

@fieldwise_init
struct Edge(ImplicitlyCopyable, Movable):
    var to: String
    var cost: Int

struct Graph(Movable):
    var edges: Dict[String, List[Edge]]

    def __init__(out self):
        self.edges = {}

    def connect(mut self, a: String, b: String, cost: Int) raises:
        for pair in [(a, b), (b, a)]:
            var x, y = pair
            if x not in self.edges:
                self.edges[x] = []
            self.edges[x].append(Edge(y, cost))

    def shortest(self, start: String) raises -> Dict[String, Tuple[Int, String]]:
        var done = Set[String]()
        var best: Dict[String, Tuple[Int, String]] = {start: (0, String(""))}
        while True:
            var name: Optional[String] = None
            var least = Int.MAX
            for entry in best.items():
                if entry.key not in done and entry.value[0] < least:
                    least = entry.value[0]
                    name = entry.key
            if not name:
                break
            var here = name.value()
            done.add(here)
            for e in self.edges[here]:
                var d = least + e.cost
                if e.to not in best or d < best[e.to][0]:
                    best[e.to] = (d, here)
        return best^


def main() raises:
    var g = Graph()
    g.connect("Bern", "Zurich", 125)
    g.connect("Bern", "Basel", 100)
    g.connect("Basel", "Zurich", 87)
    g.connect("Zurich", "Chur", 120)
    g.connect("Bern", "Geneva", 158)
    g.connect("Chur", "Lugano", 138)
    g.connect("Bern", "Lugano", 280)
    var best = g.shortest("Geneva")
    var names = List[String]()
    for name in best.keys():
        names.append(name)

    sort(names)
    for name in names:
        var path: List[String] = [name]
        while best[path[len(path) - 1]][1]:
            path.append(best[path[len(path) - 1]][1])
        path.reverse()
        print(name.ascii_ljust(8), String(best[name][0]).ascii_rjust(5), " via ", " -> ".join(path), sep="")
