"""`ref` names stand for variables, fields and elements; the index is evaluated once."""


@fieldwise_init
struct Point(Copyable, Movable, Writable):
    var x: Int
    var y: Int


def main():
    var x = 1
    ref r = x
    r += 10
    print(x)
    var points: List[Point] = [Point(1, 2), Point(3, 4)]
    var i = 1
    ref p = points[i]
    i = 0
    p.x = 30
    print(points[1], i)
    ref y = points[0].y
    y *= 7
    print(points[0])
    var grid: List[List[Int]] = [[1, 2], [3, 4]]
    ref row = grid[1]
    row[0] = 9
    row.append(5)
    print(grid)
    for ref line in grid:
        ref first = line[0]
        first += 100
    print(grid)
    var names: List[String] = ["a", "b"]
    ref name = names[1]
    name += "!"
    print(names)
    ref t: Int = grid[0][1]
    t = 0
    print(grid)
