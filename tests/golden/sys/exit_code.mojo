from std.sys import exit


def main():
    print("before")
    for i in range(10):
        if i == 3:
            exit(7)
        print(i)
    print("never")
