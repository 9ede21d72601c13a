@fieldwise_init
struct Money(Copyable, ImplicitlyCopyable, Movable):
    var cents: Int

    @staticmethod
    def of(units: Int, cents: Int = 0) -> Money:
        return Money(units * 100 + cents)

    def plus(self, other: Money) -> Money:
        return Money(self.cents + other.cents)

    def times(self, n: Int) -> Money:
        return Money(self.cents * n)

    def text(self) -> String:
        var rest = self.cents % 100
        return String(self.cents // 100) + "." + ("0" if rest < 10 else "") + String(rest)


def main():
    var price = Money.of(3, 5)
    var total = price.plus(Money.of(1)).times(3).plus(price)
    print(total.text(), price.text(), Money.of(0, 7).times(2).text())
    var copy = price
    copy.cents += 1
    print(copy.text(), price.text())
