# sep, end, several types in one line, an empty line.
def main():
    print(1, 2.5, True, "x")
    print(1, 2, 3, sep=", ")
    print("a", "b", sep="", end="|\n")
    print("no newline", end="")
    print()
    print()
    print("", "", sep="-")
    print("tab\there", "quote\"s", 'single', "back\\slash")
    print("unicode: é ß 😀 \u00e9")
