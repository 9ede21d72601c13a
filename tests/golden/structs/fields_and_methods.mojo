@fieldwise_init
struct Vector(Copyable, Movable):
    var x: Float64
    var y: Float64

    def length_squared(self) -> Float64:
        return self.x * self.x + self.y * self.y

    def scale(mut self, factor: Float64):
        self.x *= factor
        self.y *= factor

    def plus(self, other: Vector) -> Vector:
        return Vector(self.x + other.x, self.y + other.y)

    @staticmethod
    def unit() -> Vector:
        return Vector(1.0, 0.0)


def main():
    var v = Vector(3.0, 4.0)
    print(v.x, v.y, v.length_squared())
    v.scale(2.0)
    print(v.x, v.y)
    var w = v.plus(Vector.unit())
    print(w.x, w.y)
    w.x = -1.0
    w.y += 0.5
    print(w.x, w.y, v.x)
    var u = w.copy()
    u.x = 100.0
    print(w.x, u.x)
