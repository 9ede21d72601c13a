@fieldwise_init
struct Edge(Copyable, Movable):
    var target: Int
    var length: Float64


@fieldwise_init
struct Entry(Copyable, Movable):
    var distance: Float64
    var node: Int


def push(mut heap: List[Entry], var entry: Entry):
    heap.append(entry^)
    var i = len(heap) - 1
    while i > 0 and heap[i].distance < heap[(i - 1) // 2].distance:
        heap.swap_elements(i, (i - 1) // 2)
        i = (i - 1) // 2


def pop(mut heap: List[Entry]) -> Entry:
    heap.swap_elements(0, len(heap) - 1)
    var top = heap.pop()
    var i = 0
    while True:
        var child = 2 * i + 1
        if child >= len(heap):
            break
        if child + 1 < len(heap) and heap[child + 1].distance < heap[child].distance:
            child += 1
        if heap[i].distance <= heap[child].distance:
            break
        heap.swap_elements(i, child)
        i = child
    return top^


def main():
    var n = 40
    var graph = List[List[Edge]](length=n, fill=List[Edge]())
    for i in range(n):
        for k in range(1, 4):
            graph[i].append(Edge((i * 7 + k * 11) % n, Float64((i * k) % 13) + 0.25))
    var distances = List[Float64](length=n, fill=1e9)
    distances[0] = 0.0
    var heap = List[Entry]()
    push(heap, Entry(0.0, 0))
    while len(heap) > 0:
        var entry = pop(heap)
        if entry.distance > distances[entry.node]:
            continue
        for edge in graph[entry.node]:
            var through = entry.distance + edge.length
            if through < distances[edge.target]:
                distances[edge.target] = through
                push(heap, Entry(through, edge.target))
    print(distances)
