"""Literals beside structs take the type that the method asks for."""
@fieldwise_init
struct V(ImplicitlyCopyable, Movable, Writable):
    var x: Float64
    def __mul__(self, k: Float64) -> Self:
        return Self(self.x * k)
    def __rmul__(self, k: Float64) -> Self:
        return Self(self.x * k)
    def __add__(self, k: Float64) -> Self:
        return Self(self.x + k)
    def __iadd__(mut self, k: Float64):
        self.x += k
    def __eq__(self, k: Float64) -> Bool:
        return self.x == k
    def __pow__(self, k: Int) -> Self:
        return Self(self.x ** k)

def main():
    var v = V(3)
    print(v * 2, 2 * v, v + 1, 0.5 * v, v == 3, v ** 2)
    v += 1
    print(v)
