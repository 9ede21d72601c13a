"""Local alignment of two random sequences: a table of small integers, rows in turn."""


def main():
    var n = 3000
    var state = UInt64(12345)
    var a = List[UInt8](length=n, fill=0)
    var b = List[UInt8](length=n, fill=0)
    for i in range(n):
        state = state * 6364136223846793005 + 1442695040888963407
        a[i] = UInt8((state >> 60) & 3)
        state = state * 6364136223846793005 + 1442695040888963407
        b[i] = UInt8((state >> 60) & 3)
    var above = List[Int32](length=n + 1, fill=0)
    var here = List[Int32](length=n + 1, fill=0)
    var best = Int32(0)
    for _ in range(4):
        for i in range(n):
            for j in range(n):
                var score = above[j] + (Int32(2) if a[i] == b[j] else Int32(-1))
                score = max(score, above[j + 1] - 1)
                score = max(score, here[j] - 1)
                score = max(score, Int32(0))
                here[j + 1] = score
                best = max(best, score)
            for j in range(n + 1):
                above[j] = here[j]
    print(best)
