def merge(a: List[Int], b: List[Int]) -> List[Int]:
    var out_ = List[Int](capacity=len(a) + len(b))
    var i = 0
    var j = 0
    while i < len(a) and j < len(b):
        if a[i] <= b[j]:
            out_.append(a[i])
            i += 1
        else:
            out_.append(b[j])
            j += 1
    while i < len(a):
        out_.append(a[i])
        i += 1
    while j < len(b):
        out_.append(b[j])
        j += 1
    return out_^


def sort_list(xs: List[Int]) -> List[Int]:
    if len(xs) < 2:
        return xs.copy()
    var left = List[Int]()
    var right = List[Int]()
    for i in range(len(xs)):
        if i < len(xs) // 2:
            left.append(xs[i])
        else:
            right.append(xs[i])
    return merge(sort_list(left), sort_list(right))


def main():
    var xs = List[Int]()
    var x = 17
    for _ in range(25):
        x = (x * 73 + 11) % 101
        xs.append(x)
    print(sort_list(xs))
