@fieldwise_init
struct Point(Copyable, Movable):
    var x: Int
    var y: Int


def main():
    var count = 0

    def bump(by: Int) {mut count}:
        count += by

    bump(2)
    bump(by=3)
    print(count)

    var text = String("a")
    var numbers: List[Int] = [1, 2]

    def grow(s: String) {mut text, mut numbers} -> Int:
        text += s
        numbers.append(len(numbers) + 1)
        return len(numbers)

    print(grow("b"), grow("c"))
    print(text, numbers)

    var p = Point(1, 2)

    def swap_them() {mut p}:
        p.x, p.y = p.y, p.x

    swap_them()
    print(p.x, p.y)

    def first_two(n: Int) {mut numbers} -> Int:
        for i in range(n):
            if numbers[i] == 2:
                return i
            numbers[i] += 10
        return -1

    print(first_two(3), numbers)
