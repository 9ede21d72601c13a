# Long lists of plain bits are merged: equal ones stay in order where that is asked for.


@fieldwise_init
struct Card(Copyable, Movable):
    var rank: Int
    var place: Int


def earlier(a: Card, b: Card) -> Bool:
    return a.rank < b.rank


def main():
    var numbers = List[Int]()
    var floats = List[Float64]()
    var cards = List[Card]()
    var state = 7
    for i in range(500):
        state = (state * 1103515245 + 12345) % 2147483648
        numbers.append(state // 65536 % 1000 - 500)
        floats.append(Float64(state // 65536 % 1000) / 8.0)
        cards.append(Card(state // 65536 % 10, i))

    sort(numbers)
    sort(floats)
    sort[stable=True](cards, earlier)

    var ordered = True
    for i in range(499):
        ordered = ordered and numbers[i] <= numbers[i + 1] and floats[i] <= floats[i + 1]
        var same = cards[i].rank == cards[i + 1].rank
        ordered = ordered and (cards[i].rank < cards[i + 1].rank or (same and cards[i].place < cards[i + 1].place))
    print(ordered)
    for i in range(0, 500, 71):
        print(numbers[i], floats[i], cards[i].rank, cards[i].place)
