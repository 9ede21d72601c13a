# A wrong index of an array ends the program.


def main():
    var a = [1, 2, 3]
    var i = 2
    print(a[i])
    i += 3
    print(a[i])
