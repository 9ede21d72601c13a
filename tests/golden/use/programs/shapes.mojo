"""A trait with a constant and a default method, packs, a bounded stack, a closure as an argument."""
from std.math import pi
from std.collections import Dict

trait Shape(Copyable, Movable, Deinitable):
    comptime sides: Int
    def area(self) -> Float64: ...
    def name(self) -> String: ...
    def describe(self) -> String:
        return String(t"{self.name()} with {Self.sides} sides and area {self.area()}")

@fieldwise_init
struct Circle(Shape):
    comptime sides = 0
    var r: Float64
    def area(self) -> Float64:
        return pi * self.r ** 2
    def name(self) -> String:
        return "circle"

@fieldwise_init
struct Rect(Shape, Comparable):
    comptime sides = 4
    var w: Float64
    var h: Float64
    def area(self) -> Float64:
        return self.w * self.h
    def name(self) -> String:
        return "square" if self.w == self.h else "rectangle"
    def __lt__(self, other: Self) -> Bool:
        return self.area() < other.area()
    def __eq__(self, other: Self) -> Bool:
        return self.area() == other.area()

def total[*Ts: Shape](*shapes: *Ts) -> Float64:
    var t = 0.0
    comptime for i in range(shapes.__len__()):
        t += shapes[i].area()
    return t

def largest[T: Shape & Comparable & Deinitable](xs: List[T]) raises -> T:
    if len(xs) == 0:
        raise Error("empty")
    var best = xs[0].copy()
    for x in xs[1:]:
        if best < x:
            best = x.copy()
    return best^

struct Stack[T: Copyable & Movable & Writable & Deinitable, capacity: Int = 4](Sized, Boolable):
    var items: List[Self.T]
    def __init__(out self):
        self.items = List[Self.T](capacity=Self.capacity)
    def push(mut self, var x: Self.T) raises:
        if len(self.items) == Self.capacity:
            raise Error(String("stack of ", Self.capacity, " is full"))
        self.items.append(x^)
    def pop(mut self) raises -> Self.T:
        if not self:
            raise Error("stack is empty")
        return self.items.pop()
    def __len__(self) -> Int:
        return len(self.items)
    def __bool__(self) -> Bool:
        return len(self) > 0

def apply[F: def(Float64) -> Float64](f: F, xs: List[Float64]) -> List[Float64]:
    return [f(x) for x in xs]

def main() raises:
    var c = Circle(1.5)
    var rs: List[Rect] = [Rect(2, 3), Rect(4, 4), Rect(1, 9)]
    print(c.describe())
    for ref r in rs:
        print(r.describe())
    print(largest(rs).describe(), total(c, rs[0], Circle(r=2)))
    var s = Stack[String]()
    try:
        for w in ["a", "b", "c", "d", "e"]:
            s.push(w)
    except e:
        print(e, len(s))
    while s:
        print(s.pop(), end=" ")
    print()
    var k = 3.0
    def scale(x: Float64) {imm k} -> Float64:
        return k * x
    print(apply(scale, [1, 2.5, -1e-7]))
    print(rs[0] < rs[1], rs[1] >= rs[2], max(rs[0], rs[1]).w)
    for i, r in enumerate(rs):
        print(i, r.w, r.h)
