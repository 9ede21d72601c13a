@fieldwise_init
struct Point(ImplicitlyCopyable, Movable, Writable):
    var x: Int
    var y: Int

    def scaled(self, by: Int) -> Point:
        return Point(self.x * by, self.y * by)

    def __add__(self, other: Point) -> Point:
        return Point(self.x + other.x, self.y + other.y)


@fieldwise_init
struct Named(Copyable, Movable):
    var name: String
    var points: List[Point]

    @staticmethod
    def corners(n: Int) -> Named:
        var points = List[Point]()
        for i in range(n):
            points.append(Point(i, -i))
        return Named("corners" + String(n), points^)


comptime P = Point(3, 4)
comptime Q = P.scaled(10) + P
comptime N = Named.corners(3)
comptime PAIR = (1, 2.5)
comptime NESTED = (Point(1, 2), (True, 7))


def distance() -> Int:
    return abs(P.x - Q.x) + abs(P.y - Q.y)


def main():
    print(P, Q, P.x, Q.y)
    comptime if P.x < Q.x:
        print("left")
    var n = materialize[N]()
    print(n.name, n.points)
    n.points.append(Q)
    print(n.points[3], len(materialize[N]().points))
    comptime name = N.name
    comptime second = N.points[1]
    print(name, second)
    print(PAIR[0], PAIR[1])
    print(NESTED[0], NESTED[1][0], NESTED[1][1])
    comptime d = distance()
    print(d)
    var sum = P
    for _ in range(3):
        sum = sum + Q
    print(sum)
