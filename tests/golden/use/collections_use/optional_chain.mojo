def parse(text: String) -> Optional[Int]:
    try:
        return Int(text)
    except:
        return None


def main():
    var texts: List[String] = ["12", "x", "-5", ""]
    for text in texts:
        var value = parse(text)
        if value:
            print(text, "->", value.value())
        else:
            print(text, "-> nothing,", value.or_else(99))
