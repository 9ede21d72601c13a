@fieldwise_init
struct Vec(Equatable, ImplicitlyCopyable, Movable, Writable):
    var x: Float64
    var y: Float64
    var z: Float64

    def __add__(self, o: Vec) -> Vec:
        return Vec(self.x + o.x, self.y + o.y, self.z + o.z)

    def __sub__(self, o: Vec) -> Vec:
        return Vec(self.x - o.x, self.y - o.y, self.z - o.z)

    def __mul__(self, k: Float64) -> Vec:
        return Vec(self.x * k, self.y * k, self.z * k)

    def __rmul__(self, k: Float64) -> Vec:
        return self * k

    def __neg__(self) -> Vec:
        return self * -1.0

    def __iadd__(mut self, o: Vec):
        self = self + o

    def dot(self, o: Vec) -> Float64:
        return self.x * o.x + self.y * o.y + self.z * o.z


def main():
    var a = Vec(1, 2, 3)
    var b = Vec(4, 5, 6)
    print(a + b, a - b, 2.0 * a, -a)
    a += b
    print(a, a.dot(b), a == Vec(5, 7, 9), a != b)
