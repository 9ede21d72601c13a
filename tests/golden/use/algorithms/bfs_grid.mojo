def main():
    var maze: List[String] = ["S.#.", "..#.", "#...", "##.E"]
    var h = len(maze)
    var w = maze[0].byte_length()
    var far = List[Int](length=h * w, fill=-1)
    far[0] = 0
    var queue: List[Int] = [0]
    var head = 0
    while head < len(queue):
        var at = queue[head]
        head += 1
        var y = at // w
        var x = at % w
        for d in range(4):
            var ny = y + (1 if d == 0 else -1 if d == 1 else 0)
            var nx = x + (1 if d == 2 else -1 if d == 3 else 0)
            if ny < 0 or nx < 0 or ny >= h or nx >= w:
                continue
            if maze[ny].as_bytes()[nx] == UInt8(ord("#")) or far[ny * w + nx] >= 0:
                continue
            far[ny * w + nx] = far[at] + 1
            queue.append(ny * w + nx)
    print(far)
