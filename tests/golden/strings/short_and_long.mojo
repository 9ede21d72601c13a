"""Texts of 1 to 40 bytes: joined, appended to themselves, compared, hashed, cut."""


def main():
    var letters = String("abcdefghijklmnopqrstuvwxyz0123456789ABCD")
    var text = String()
    for i in range(letters.byte_length()):
        text += letters[byte=i]
        var twice = text
        twice += text
        print(text + "x", "y" + text, twice == text + text, text == "abcdefgh", hash(text))
        print(twice.find(text, 1), letters.startswith(text), text < letters, "Abc" + text != "abc" + text)
    for i in range(40):
        text += text if text.byte_length() < 90 else "-"
        text += String(i)
    print(text)
