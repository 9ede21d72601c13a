"""A sudoku solver with bit masks and backtracking."""

comptime PUZZLE = "530070000600195000098000060800060003400803001700020006060000280000419005000080079"


struct Board(Copyable, Movable, Writable):
    var cells: Array[Int, 81]
    var rows: Array[Int, 9]
    var cols: Array[Int, 9]
    var boxes: Array[Int, 9]
    var tries: Int

    def __init__(out self, text: String) raises:
        self.cells = Array[Int, 81](fill=0)
        self.rows = Array[Int, 9](fill=0)
        self.cols = Array[Int, 9](fill=0)
        self.boxes = Array[Int, 9](fill=0)
        self.tries = 0
        if text.byte_length() != 81:
            raise Error("a board has 81 cells")
        var place = 0
        for c in text.codepoint_slices():
            var digit = Int(String(c))
            if digit > 0:
                self.put(place, digit)
            place += 1

    def put(mut self, place: Int, digit: Int):
        var bit = 1 << digit
        self.cells[place] = digit
        self.rows[place // 9] |= bit
        self.cols[place % 9] |= bit
        self.boxes[place // 27 * 3 + place % 9 // 3] |= bit

    def take(mut self, place: Int):
        var bit = ~(1 << self.cells[place])
        self.cells[place] = 0
        self.rows[place // 9] &= bit
        self.cols[place % 9] &= bit
        self.boxes[place // 27 * 3 + place % 9 // 3] &= bit

    def fits(self, place: Int, digit: Int) -> Bool:
        var used = self.rows[place // 9] | self.cols[place % 9] | self.boxes[place // 27 * 3 + place % 9 // 3]
        return (used >> digit) & 1 == 0

    def solve(mut self, start: Int = 0) -> Bool:
        var place = start
        while place < 81 and self.cells[place] != 0:
            place += 1
        if place == 81:
            return True
        for digit in range(1, 10):
            if self.fits(place, digit):
                self.tries += 1
                self.put(place, digit)
                if self.solve(place + 1):
                    return True
                self.take(place)
        return False

    def write_to(self, mut writer: Some[Writer]):
        for row in range(9):
            for col in range(9):
                writer.write(self.cells[row * 9 + col], " " if col % 3 == 2 else "")
            writer.write("\n")


def main() raises:
    var board = Board(PUZZLE)
    print(board.solve(), board.tries)
    print(board, end="")
    try:
        _ = Board("123")
    except e:
        print(e)
