from std.algorithm import map


def main():
    var squares = List[Int](length=10, fill=0)

    def square(i: Int) {mut squares}:
        squares[i] = i * i

    map(10, square)
    print(squares)
    var text = String("")

    def letter(i: Int) {mut text}:
        text += chr(97 + i)

    map(5, letter)
    map(0, letter)
    print(text)
    var total = 0.0
    var weights: List[Float64] = [0.5, 1.5, 2.5]

    def weigh(i: Int) {mut total, imm weights, imm squares}:
        total += weights[i % 3] * Float64(squares[i])

    map(10, weigh)
    print(total)

    def row(i: Int) {mut squares}:
        def cell(j: Int) {mut squares, imm i}:
            squares[(i + j) % 10] += i * j

        map(3, cell)

    map(4, row)
    print(squares)
