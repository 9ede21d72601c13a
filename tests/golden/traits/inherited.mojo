# Traits that inherit traits; defaults that call requirements; compositions with a name; built-in parents.


trait Named:
    def name(self) -> String:
        ...


trait Greeter(Named):
    def greeting(self) -> String:
        return "hello " + self.name()

    def greet(self, times: Int) -> String:
        var text = String()
        for _ in range(times):
            text += self.greeting() + ";"
        return text


trait Counted:
    def count(mut self) -> Int:
        ...

    def count_twice(mut self) -> Int:
        var first = self.count()
        return first + self.count()


comptime Both = Greeter & Counted


@fieldwise_init
struct Person(Counted, Greeter):
    var first: String
    var calls: Int

    def name(self) -> String:
        return self.first

    def count(mut self) -> Int:
        self.calls += 1
        return self.calls


@fieldwise_init
struct Robot(Greeter):
    var number: Int

    def name(self) -> String:
        return "R" + String(self.number)

    def greeting(self) -> String:
        return "beep " + self.name()


def hail[T: Greeter](x: T) -> String:
    return x.greet(2)


def just_name(x: Some[Named]) -> String:
    return x.name()


def use_both[T: Both](mut x: T) -> String:
    return x.greeting() + String(x.count_twice())


def main():
    var p = Person("Ann", 0)
    var r = Robot(7)
    print(hail(p), hail(r))
    print(just_name(p), just_name(r))
    print(use_both(p), use_both(p))
