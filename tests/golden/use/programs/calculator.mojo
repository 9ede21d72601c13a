"""A tokenizer and a recursive-descent calculator."""

@fieldwise_init
struct Token(Copyable, Movable, ImplicitlyCopyable, Equatable, Writable):
    comptime NUMBER = 0
    comptime OP = 1
    comptime END = 2
    var kind: Int
    var text: String

    def __eq__(self, other: Self) -> Bool:
        return self.kind == other.kind and self.text == other.text

    def write_to(self, mut w: Some[Writer]):
        w.write("Token(", self.kind, ", ", repr(self.text), ")")


struct Lexer:
    var src: String
    var pos: Int

    def __init__(out self, var src: String):
        self.src = src^
        self.pos = 0

    def peek(self) -> String:
        if self.pos >= self.src.byte_length():
            return ""
        return String(self.src[byte=self.pos : self.pos + 1])

    def next(mut self) raises -> Token:
        while self.peek() == " ":
            self.pos += 1
        var c = self.peek()
        if c == "":
            return Token(Token.END, "")
        if c.is_ascii_digit() or c == ".":
            var start = self.pos
            while self.peek().is_ascii_digit() or self.peek() == ".":
                self.pos += 1
            return Token(Token.NUMBER, String(self.src[byte=start : self.pos]))
        if c in "+-*/()^%":
            self.pos += 1
            return Token(Token.OP, c)
        raise Error(String(t"unexpected character '{c}' at {self.pos}"))


struct Parser:
    var lexer: Lexer
    var token: Token

    def __init__(out self, text: String) raises:
        self.lexer = Lexer(text)
        self.token = self.lexer.next()

    def accept(mut self, op: String) raises -> Bool:
        if self.token.kind == Token.OP and self.token.text == op:
            self.token = self.lexer.next()
            return True
        return False

    def expression(mut self) raises -> Float64:
        var value = self.term()
        while True:
            if self.accept("+"):
                value += self.term()
            elif self.accept("-"):
                value -= self.term()
            else:
                return value

    def term(mut self) raises -> Float64:
        var value = self.factor()
        while True:
            if self.accept("*"):
                value *= self.factor()
            elif self.accept("/"):
                var d = self.factor()
                if d == 0:
                    raise Error("division by zero")
                value /= d
            elif self.accept("%"):
                value %= self.factor()
            else:
                break
        return value

    def factor(mut self) raises -> Float64:
        var base = self.unary()
        if self.accept("^"):
            return base ** self.factor()
        return base

    def unary(mut self) raises -> Float64:
        if self.accept("-"):
            return -self.unary()
        if self.accept("("):
            var value = self.expression()
            if not self.accept(")"):
                raise Error(String("expected ')' but found ", self.token))
            return value
        if self.token.kind == Token.NUMBER:
            var v = atof(self.token.text)
            self.token = self.lexer.next()
            return v
        raise Error(String("unexpected ", self.token))


def evaluate(text: String) raises -> Float64:
    var parser = Parser(text)
    var value = parser.expression()
    if parser.token.kind != Token.END:
        raise Error("trailing input")
    return value


def main():
    for text in ["1 + 2 * 3", "(1+2)*3", "2^3^2", "-2^2", "10 / 4 - 1", "1 / 0", "2 * (3", "7 % 4 + .5", "a + 1", "1 2"]:
        try:
            print(text, "=", evaluate(text))
        except e:
            print(text, "-> error:", e)
