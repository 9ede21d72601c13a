def solve(row: Int, size: Int, columns: Int, left: Int, right: Int) -> Int:
    if row == size:
        return 1
    var count = 0
    for column in range(size):
        var c = 1 << column
        var l = 1 << (row + column)
        var r = 1 << (row - column + size)
        if columns & c or left & l or right & r:
            continue
        count += solve(row + 1, size, columns | c, left | l, right | r)
    return count


def main():
    for size in range(1, 9):
        print(size, solve(0, size, 0, 0, 0))
