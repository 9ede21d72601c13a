"""Accounts: a typed error with fields, else and finally, a list of structs, assignment expressions."""
@fieldwise_init
struct Insufficient(Copyable, Movable, Writable):
    var need: Int
    var have: Int
    def write_to(self, mut w: Some[Writer]):
        w.write("need ", self.need, " but have ", self.have)

@fieldwise_init
struct Account(Copyable, Movable):
    var owner: String
    var balance: Int
    var log: List[Tuple[String, Int]]

    def deposit(mut self, amount: Int):
        self.balance += amount
        self.log.append(("deposit", amount))

    def withdraw(mut self, amount: Int) raises Insufficient:
        if amount > self.balance:
            raise Insufficient(amount, self.balance)
        self.balance -= amount
        self.log.append(("withdraw", -amount))

def transfer(mut a: Account, mut b: Account, amount: Int) raises Insufficient:
    a.withdraw(amount)
    b.deposit(amount)

def find(accounts: List[Account], owner: String) raises -> Int:
    for i in range(len(accounts)):
        if accounts[i].owner == owner:
            return i
    raise Error(t"no account of {owner}")

def main() raises:
    var ann = Account("Ann", 100, [])
    var bob = Account("Bob", 20, [])
    for amount in [30, 90, 50]:
        try:
            transfer(ann, bob, amount)
            print("moved", amount, "->", ann.balance, bob.balance)
        except e:
            print("failed:", e, e.need - e.have)
        else:
            print("ok")
        finally:
            print("--")
    for entry in ann.log:
        print(entry[0], entry[1])
    var accounts: List[Account] = [ann.copy(), bob^]
    accounts[find(accounts, "Bob")].deposit(1)
    print(accounts[1].balance, len(accounts[1].log), ann.balance)
    try:
        _ = find(accounts, "Eve")
    except e:
        print(String(e))
    swap(accounts[0].balance, ann.balance)
    comptime limit = 3
    comptime assert limit > 2, "limit"
    var k = 0
    while (k := k + 1) < limit:
        print(k, k << 2, ~k, k ^ 5, -7 // 2, -7 % 3, 7 >> 1, 2 ** 10, not k)
