struct Account(Movable):
    var owner: String
    var balance: Int
    var history: List[Int]

    def __init__(out self, owner: String):
        self.owner = owner
        self.balance = 0
        self.history = List[Int]()

    def change(mut self, amount: Int) raises:
        if self.balance + amount < 0:
            raise Error("not enough: " + String(self.balance))
        self.balance += amount
        self.history.append(amount)


def main() raises:
    var account = Account("Ada")
    account.change(100)
    account.change(-30)
    try:
        account.change(-100)
    except e:
        print(e)
    print(account.owner, account.balance, account.history)
