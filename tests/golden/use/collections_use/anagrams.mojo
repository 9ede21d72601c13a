def key_of(word: String) -> String:
    var letters = List[Int]()
    for b in word.as_bytes():
        letters.append(Int(b))
    sort(letters)
    var key = String()
    for letter in letters:
        key += chr(letter)
    return key


def main() raises:
    var words: List[String] = ["listen", "silent", "enlist", "google", "elgoog", "abc"]
    var groups = Dict[String, List[String]]()
    for word in words:
        var key = key_of(word)
        if key not in groups:
            groups[key] = List[String]()
        groups[key].append(word)
    for entry in groups.items():
        print(entry.key, entry.value)
