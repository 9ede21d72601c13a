def parse(text: String) raises -> Int:
    return Int(text)


def main():
    var inputs: List[String] = ["1", "x", "3", "", "5"]
    var total = 0
    var failures = 0
    for i in range(len(inputs)):
        try:
            total += parse(inputs[i])
            if total > 8:
                print("large enough")
                break
        except e:
            failures += 1
            print(e)
            continue
        print("sum", total)
    print(total, failures)
