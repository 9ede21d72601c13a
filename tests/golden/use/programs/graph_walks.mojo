# Graph things with structs, sets, deques, optional, sort with key
from std.collections import Deque, Set, Dict, Optional

@fieldwise_init
struct Edge(ImplicitlyCopyable, Movable, Comparable, Hashable):
    var a: Int
    var b: Int
    var weight: Float64
    def __lt__(self, o: Self) -> Bool:
        return self.weight < o.weight
    def __eq__(self, o: Self) -> Bool:
        return self.a == o.a and self.b == o.b

struct Graph:
    var edges: Dict[Int, List[Edge]]
    var count: Int
    def __init__(out self):
        self.edges = {}
        self.count = 0
    def add(mut self, a: Int, b: Int, weight: Float64 = 1.0) raises:
        for u in [a, b]:
            if u not in self.edges:
                self.edges[u] = List[Edge]()
        self.edges[a].append(Edge(a, b, weight))
        self.edges[b].append(Edge(b, a, weight))
        self.count += 1
    def bfs(self, start: Int) raises -> List[Int]:
        var seen: Set[Int] = {start}
        var order = List[Int]()
        var queue = Deque[Int](start)
        while queue:
            var u = queue.popleft()
            order.append(u)
            for e in self.edges[u]:
                if e.b not in seen:
                    seen.add(e.b)
                    queue.append(e.b)
        return order^
    def path(self, start: Int, end: Int) raises -> Optional[List[Int]]:
        var previous = Dict[Int, Int]()
        previous[start] = start
        var stack: List[Int] = [start]
        while stack:
            var u = stack.pop()
            if u == end:
                var out: List[Int] = [u]
                while out[len(out) - 1] != start:
                    out.append(previous[out[len(out) - 1]])
                out.reverse()
                return out^
            for e in self.edges[u]:
                if e.b not in previous:
                    previous[e.b] = u
                    stack.append(e.b)
        return None
    def components(self) raises -> Int:
        var seen = Set[Int]()
        var n = 0
        for start in self.edges:
            if start in seen:
                continue
            n += 1
            for u in self.bfs(start):
                seen.add(u)
        return n

def by_weight(e: Edge) -> Float64:
    return -e.weight

def main() raises:
    var g = Graph()
    for item in [(0, 1, 4.0), (1, 2, 1.5), (2, 0, 2.5), (3, 4, 0.5), (2, 5, 9.0)]:
        var a, b, w = item
        g.add(a, b, w)
    print(g.bfs(0), g.components(), g.count)
    var p = g.path(0, 5)
    if p:
        print("path", p.value())
    print(g.path(0, 4).__bool__(), g.path(3, 4).or_else([9]))
    var all = List[Edge]()
    for entry in g.edges.items():
        for e in entry.value:
            if e.a < e.b:
                all.append(e)
    sort(all)
    for e in all:
        print(e.a, e.b, e.weight, sep="-", end="; ")
    print()
    def less(x: Edge, y: Edge) -> Bool:
        return x.b > y.b
    sort(all, less)
    print([e.b for e in all])
    var lengths = {u: len(es) for u, es in [(1, [1, 2]), (2, [3, 4])]}
    print(lengths)
    var m: Dict[Int, List[String]] = {}
    for w in "a bb cc d eee".split():
        m.setdefault(w.byte_length(), []).append(String(w))
    for k in m:
        print(k, m[k])
    print(any([False, True]), all_of([1, 2]), sum_of(1, 2, 3))
    var popped = m.pop(3)
    print(popped, len(m), m.get(7).or_else(["none"]))
    var q = Deque[Int](1, 2, 3)
    q.appendleft(0)
    q.extend([4, 5])
    print(q, q[0], q[3], len(q))

def all_of(xs: List[Int]) -> Bool:
    for x in xs:
        if x == 0:
            return False
    return True

def sum_of(*xs: Int) -> Int:
    var s = 0
    for x in xs:
        s += x
    return s
