def main():
    var xs: List[Int] = [1, 2, 3]
    var total = 0
    for i in range(5):
        print("at", i)
        total += xs[i]
    print("never", total)
