"""Forms of text literals: quotes, escapes, raw, several lines, one after the other."""


def main():
    print("double", 'single', "it's", 'say "hi"')
    print("tab\there", "new\\line", "quote\"s", "\x41\u00e9")
    print(r"raw \n stays")
    print("one " "two " 'three')
    var long = """first
  second "quoted"
third"""
    print(long)
    print("caf\u00e9 \U0001F600".byte_length())
    var s = (
        "joined over "
        "lines"
    )
    print(s)
