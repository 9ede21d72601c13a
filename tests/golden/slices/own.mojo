# A struct that takes slices itself.


struct Line:
    var size: Int

    def __init__(out self, size: Int):
        self.size = size

    def __getitem__(self, i: Int) -> Int:
        return i * 10

    def __getitem__(self, s: Slice) -> String:
        var bounds = s.indices(self.size)
        return String(bounds[0], " ", bounds[1], " ", bounds[2])


def main():
    var line = Line(10)
    print(line[3])
    print(line[2:5])
    print(line[::3])
    print(line[:])
    print(line[20:])
    print(line[::-1])
