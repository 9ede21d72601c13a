def main():
    var zeros = List[Float64](length=4, fill=0.0)
    zeros[2] = 1.5
    print(zeros)
    var room = List[Int](capacity=10)
    print(len(room), room)
    room.append(1)
    print(room)
    var grid = List[List[Int]](length=3, fill=List[Int](length=2, fill=7))
    grid[1][0] = 0
    print(grid)
    var names = List[String](length=2, fill="x")
    names[0] += "y"
    print(names)
    var literal: List[Int] = [4, 5, 6]
    print(literal[0] + literal[1] + literal[2])
    var floats: List[Float64] = [1, 2.5, 3]
    print(floats)
