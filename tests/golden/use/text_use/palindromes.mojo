def is_palindrome(text: String) -> Bool:
    var b = text.as_bytes()
    var n = len(b)
    for i in range(n // 2):
        if b[i] != b[n - 1 - i]:
            return False
    return True


def main():
    var words: List[String] = ["anna", "otto", "mojo", "", "a"]
    for w in words:
        print(repr(w), is_palindrome(w))
