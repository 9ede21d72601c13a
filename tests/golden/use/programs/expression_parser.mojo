# A tiny tokenizer, parser and stack machine.
from std.collections import Dict, List, Optional

@fieldwise_init
struct TokenKind(Equatable, ImplicitlyCopyable, Movable, Writable):
    var code: Int
    comptime NUMBER = TokenKind(0)
    comptime NAME = TokenKind(1)
    comptime OP = TokenKind(2)
    comptime END = TokenKind(3)

    def __eq__(self, other: Self) -> Bool:
        return self.code == other.code

    def write_to(self, mut writer: Some[Writer]):
        if self == Self.NUMBER:
            writer.write("number")
        elif self == Self.NAME:
            writer.write("name")
        elif self == Self.OP:
            writer.write("op")
        else:
            writer.write("end")

@fieldwise_init
struct Token(Copyable, Movable, Writable):
    var kind: TokenKind
    var text: String

    def write_to(self, mut writer: Some[Writer]):
        writer.write("<", self.kind, " '", self.text, "'>")

def tokenize(text: String) raises -> List[Token]:
    var out = List[Token]()
    var bytes = text.as_bytes()
    var i = 0
    while i < len(bytes):
        var c = bytes[i]
        if c == Byte(ord(" ")):
            i += 1
            continue
        if c >= Byte(ord("0")) and c <= Byte(ord("9")):
            var j = i
            while j < len(bytes) and (bytes[j] >= 48 and bytes[j] <= 57 or bytes[j] == 46):
                j += 1
            out.append(Token(TokenKind.NUMBER, String(text[byte=i:j])))
            i = j
        elif c >= 97 and c <= 122:
            var j = i
            while j < len(bytes) and bytes[j] >= 97 and bytes[j] <= 122:
                j += 1
            out.append(Token(TokenKind.NAME, String(text[byte=i:j])))
            i = j
        elif String("+-*/()^").find(chr(Int(c))) >= 0:
            out.append(Token(TokenKind.OP, chr(Int(c))))
            i += 1
        else:
            raise Error("bad character '", chr(Int(c)), "' at ", i)
    out.append(Token(TokenKind.END, ""))
    return out^

struct Parser(Movable):
    var tokens: List[Token]
    var at: Int
    var names: Dict[String, Float64]

    def __init__(out self, var tokens: List[Token], var names: Dict[String, Float64]):
        self.tokens = tokens^
        self.at = 0
        self.names = names^

    def peek(self) -> Token:
        return self.tokens[self.at].copy()

    def take(mut self, text: StaticString) -> Bool:
        if self.peek().kind == TokenKind.OP and self.peek().text == text:
            self.at += 1
            return True
        return False

    def expression(mut self) raises -> Float64:
        var x = self.term()
        while True:
            if self.take("+"):
                x += self.term()
            elif self.take("-"):
                x -= self.term()
            else:
                return x

    def term(mut self) raises -> Float64:
        var x = self.power()
        while True:
            if self.take("*"):
                x *= self.power()
            elif self.take("/"):
                var d = self.power()
                if d == 0:
                    raise Error("division by zero")
                x /= d
            else:
                return x

    def power(mut self) raises -> Float64:
        var base = self.atom()
        if self.take("^"):
            return base ** self.power()
        return base

    def atom(mut self) raises -> Float64:
        if self.take("("):
            var x = self.expression()
            if not self.take(")"):
                raise Error("expected ')' but got " + String(self.peek()))
            return x
        if self.take("-"):
            return -self.atom()
        var t = self.peek()
        self.at += 1
        if t.kind == TokenKind.NUMBER:
            return atof(t.text)
        if t.kind == TokenKind.NAME:
            if t.text in self.names:
                return self.names[t.text]
            raise Error("unknown name " + t.text)
        raise Error("unexpected " + String(t))

def main() raises:
    var names: Dict[String, Float64] = {"pi": 3.14159, "e": 2.71828}
    for text in ["1 + 2 * 3", "2 ^ 3 ^ 2", "(1 + pi) * -2", "1 / 0", "foo", "3 $ 4", "(1", "10 / 4 - e"]:
        try:
            var p = Parser(tokenize(String(text)), names.copy())
            print(text, "=", p.expression())
        except err:
            print(text, "->", err)
    for t in tokenize("ab+1.5*(c)"):
        print(t, end=" ")
    print()
