"""Group points of the plane around eight centres."""


@fieldwise_init
struct Point(ImplicitlyCopyable, Movable):
    var x: Float64
    var y: Float64


def main():
    var n = 200_000
    var points = List[Point]()
    var state = UInt64(5)
    for _ in range(n):
        state = state * 6364136223846793005 + 1442695040888963407
        var x = Float64(Int(state >> 44))
        state = state * 6364136223846793005 + 1442695040888963407
        points.append(Point(x, Float64(Int(state >> 44))))
    var centres = List[Point]()
    for i in range(8):
        centres.append(points[i * 1000])
    var nearest = List[Int](length=n, fill=0)
    for _ in range(20):
        for i in range(n):
            var best = 1e300
            for c in range(8):
                var dx = points[i].x - centres[c].x
                var dy = points[i].y - centres[c].y
                var d = dx * dx + dy * dy
                if d < best:
                    best = d
                    nearest[i] = c
        for c in range(8):
            var sx = 0.0
            var sy = 0.0
            var count = 0
            for i in range(n):
                if nearest[i] == c:
                    sx += points[i].x
                    sy += points[i].y
                    count += 1
            centres[c] = Point(sx / Float64(count), sy / Float64(count))
    var check = 0.0
    for c in range(8):
        check += centres[c].x + centres[c].y
    print(Int(check))
