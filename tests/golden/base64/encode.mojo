from std.base64 import b64encode, b16encode


def main() raises:
    for text in String("|a|ab|abc|hello world|ÿþ~").split("|"):
        print(b64encode(String(text)), b16encode(String(text)))
