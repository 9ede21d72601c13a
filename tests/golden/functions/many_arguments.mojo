def mix(
    a: Int, b: Float64, c: String, d: Bool, e: UInt8, f: Float32, g: List[Int], h: Int = 9
) -> String:
    return String(a) + String(b) + c + String(d) + String(e) + String(f) + String(g) + String(h)


def keywords(*, width: Int, height: Int = 2) -> Int:
    return width * 10 + height


def main():
    print(mix(1, 2.5, "x", True, 255, 0.5, [1, 2]))
    print(mix(1, 2.5, "x", False, e=1, f=1.5, g=[], h=0))
    print(keywords(width=3), keywords(height=1, width=4))
