@fieldwise_init
struct Account(Copyable, Movable):
    var owner: String
    var balance: Int

    def withdraw(mut self, amount: Int) raises:
        if amount > self.balance:
            raise Error(self.owner + " has only " + String(self.balance))
        self.balance -= amount


struct Bank:
    var accounts: List[Account]
    var log: List[String]

    def __init__(out self):
        self.accounts = List[Account]()
        self.log = List[String]()

    def open(mut self, owner: String, balance: Int):
        self.accounts.append(Account(owner, balance))

    def find(self, owner: String) raises -> Int:
        for i in range(len(self.accounts)):
            if self.accounts[i].owner == owner:
                return i
        raise Error("no account of " + owner)

    def transfer(mut self, source: String, target: String, amount: Int) raises:
        var i = self.find(source)
        var j = self.find(target)
        self.accounts[i].withdraw(amount)
        self.accounts[j].balance += amount
        self.log.append(source + " -> " + target + ": " + String(amount))


def main():
    var bank = Bank()
    bank.open("ada", 100)
    bank.open("bob", 50)
    var plan: List[Int] = [30, 100, 20]
    for i in range(len(plan)):
        try:
            bank.transfer("ada", "bob", plan[i])
        except e:
            print("refused:", e)
    try:
        bank.transfer("ada", "eve", 1)
    except e:
        print("refused:", e)
    for account in bank.accounts:
        print(account.owner, account.balance)
    print(bank.log)
