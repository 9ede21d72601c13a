# Subscripts: several indices, keywords, assignment, containment, call, length and truth.


struct Grid(Copyable, Sized, Boolable):
    var width: Int
    var cells: List[Float64]

    def __init__(out self, width: Int, height: Int):
        self.width = width
        self.cells = List[Float64](length=width * height, fill=0.0)

    def __getitem__(self, x: Int, y: Int) -> Float64:
        return self.cells[y * self.width + x]

    def __getitem__(self, *, flat: Int) -> Float64:
        return self.cells[flat]

    def __setitem__(mut self, x: Int, y: Int, value: Float64):
        self.cells[y * self.width + x] = value

    def __setitem__(mut self, *, flat: Int, value: Float64):
        self.cells[flat] = value

    def __contains__(self, value: Float64) -> Bool:
        for cell in self.cells:
            if cell == value:
                return True
        return False

    def __len__(self) -> Int:
        return len(self.cells)

    def __bool__(self) -> Bool:
        return len(self.cells) > 0

    def __call__(self, scale: Float64, offset: Float64 = 0.0) -> Float64:
        return self.cells[0] * scale + offset


struct Named:
    var keys: List[String]
    var values: List[Int]

    def __init__(out self):
        self.keys = List[String]()
        self.values = List[Int]()

    def __getitem__(self, key: String) -> Int:
        for i in range(len(self.keys)):
            if self.keys[i] == key:
                return self.values[i]
        return -1

    def __setitem__(mut self, key: String, value: Int):
        for i in range(len(self.keys)):
            if self.keys[i] == key:
                self.values[i] = value
                return
        self.keys.append(key)
        self.values.append(value)


def main():
    var g = Grid(3, 2)
    g[0, 0] = 1.5
    g[2, 1] = 4.0
    g[flat=1] = 2.5
    print(g[0, 0], g[2, 1], g[1, 0], g[flat=5], g[flat=0])
    g[1, 1] += 3.25
    g[1, 1] *= 2.0
    print(g[1, 1])
    print(4.0 in g, 9.0 in g, 9.0 not in g)
    print(len(g), g(2.0), g(2.0, offset=1.0))
    if g:
        print("not empty")
    if not Grid(0, 0):
        print("empty")
    print("yes" if g else "no")
    var n = Named()
    n["one"] = 1
    n["two"] = 2
    n["one"] += 10
    print(n["one"], n["two"], n["three"])
