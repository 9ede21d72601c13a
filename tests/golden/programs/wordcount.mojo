def main():
    var text = String("the cat and the dog and the bird")
    var words = List[String]()
    var counts = List[Int]()
    for word in text.split():
        var at = -1
        for i in range(len(words)):
            if words[i] == word:
                at = i
        if at < 0:
            words.append(String(word))
            counts.append(1)
        else:
            counts[at] += 1
    for i in range(len(words)):
        print(words[i], counts[i])
