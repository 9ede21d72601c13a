comptime DEBUG = False
comptime LEVEL = 3


def show[width: Int](x: Int):
    comptime if width == 1:
        print("narrow", x)
    elif width == 2:
        print("wide", x)
    else:
        print("width", width, x)


def main():
    comptime if DEBUG:
        print("debugging")
    else:
        print("quiet")
    comptime if LEVEL > 2:
        print("level", LEVEL)
    show[1](5)
    show[2](6)
    show[7](8)
