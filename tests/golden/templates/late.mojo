"""A t-string reads its variables when it is written."""


def main():
    var x = 3
    var s = t"v {x}"
    x = 4
    print(s)
