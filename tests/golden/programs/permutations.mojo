def permute(mut items: List[Int], start: Int, mut found: List[List[Int]]):
    if start == len(items):
        found.append(items.copy())
        return
    for i in range(start, len(items)):
        items.swap_elements(start, i)
        permute(items, start + 1, found)
        items.swap_elements(start, i)


def main():
    var items: List[Int] = [1, 2, 3, 4]
    var found = List[List[Int]]()
    permute(items, 0, found)
    print(len(found), found[0], found[23])
    for i in range(0, len(found), 5):
        print(found[i])
