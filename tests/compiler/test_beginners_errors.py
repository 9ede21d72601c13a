"""The mistakes that everybody makes in the first week: each is one error at its place, with what to write instead."""

# ruff: noqa: E501 - messages and small programs are easier to read whole

import pytest
from tests.compiler.front_end import FILE, check

from meshnode.compiler.diagnostic import CompileError

POINT = """@fieldwise_init
struct Point(Copyable):
    var count: Int

    def area(self) -> Int:
        return self.count


"""


def in_main(*lines: str) -> str:
    return "def main():\n" + "".join(f"    {line}\n" for line in lines)


MISTAKES = {
    "no colon": ("def main()\n    pass\n", "1:11 expected ':' at the end of the line", None),
    "no colon after if": (in_main("if True", "    pass"), "2:12 expected ':' at the end of the line", None),
    "= for ==": (in_main("var x = 1", "if x = 1:", "    pass"), "3:10 unexpected '='", "write '=='"),
    "=== for ==": (in_main("if 1 === 1:", "    pass"), "2:12 unexpected '='", "write '=='"),
    "<> for !=": (in_main("if 1 <> 2:", "    pass"), "2:11 unexpected '>'", "write '!='"),
    "an indented line": (in_main("print(1)", "  print(2)"), "3:7 this line is indented without a reason", None),
    "a block that is not indented": ("def main():\nprint(1)\n", "2:1 expected an indented block before 'print'", None),
    "half an indentation": (in_main("if True:", "    print(1)", "  print(2)"), "4:7 this line's indentation matches no block above it", None),
    "an open bracket": (in_main("print((1 + 2)", "print(3)"), "2:10 '(' was never closed", None),
    "an open string": (in_main('print("abc)', "print(2)"), "2:11 this string is not closed", None),
    "no return": ("def f(x: Int) -> Int:\n    print(x)\n\n\n" + in_main("print(f(1))"), "1:5 return expected at end of function with results", "end every path with 'return …'"),
    "no self": ("struct A:\n    var x: Int\n\n    def get() -> Int:\n        return self.x\n\n\n" + in_main("pass"), "4:9 self argument must be present in instance method", "write 'self' as the first argument"),
    "no self before a field": (POINT.replace("self.count", "count") + in_main("pass"), "6:16 use of unknown declaration 'count'", "write 'self.count'"),
    "this for self": (POINT.replace("self.count", "this.count") + in_main("pass"), "6:16 use of unknown declaration 'this'", "write 'self'"),
    "a method without ()": (POINT + in_main("print(Point(1).area)"), "10:11 not supported yet: a method of a value as a value", "call it"),
    "a list's length": (in_main("var a: List[Int] = [1]", "print(a.length)"), "3:11 'List[Int]' value has no attribute 'length'", "write 'len(…)'"),
    "an error's message": (in_main("try:", '    raise Error("x")', "except e:", "    print(e.message)"), "5:15 'Error' value has no attribute 'message'", "write 'String(…)'"),
    "a module by its last name": ("import std.math\n\n\n" + in_main("print(math.pi)"), "5:11 use of unknown declaration 'math'", "write 'std.math'"),
    "a module that is not imported": (in_main("random.seed()"), "2:5 use of unknown declaration 'random'", "import std.random as random"),
    "too many arguments": ("def f(a: Int):\n    pass\n\n\n" + in_main("f(1, 2)"), "6:10 'f' takes at most 1 positional argument", None),
    "a misspelt name": (in_main("prnt(1)"), "2:5 use of unknown declaration 'prnt'", "did you mean 'print'?"),
    "a misspelt method": (in_main('var s = String("a")', "print(s.uper())"), "3:11 'String' value has no attribute 'uper'", "did you mean 'upper'?"),
    "a misspelt field": (POINT + in_main("print(Point(1).cuont)"), "10:11 'Point' value has no attribute 'cuont'", "did you mean 'count'?"),
    "a misspelt keyword": ("def f(size: Int):\n    pass\n\n\n" + in_main("f(sise=1)"), "6:12 'f' has no argument named 'sise'", "did you mean 'size'?"),
    "a misspelt keyword of print": (in_main('print(1, ends="")'), "2:14 'print' has no argument named 'ends'", "did you mean 'end'?"),
    "Int with Float64": (in_main("var a = 1", "var b = 2.5", "print(a * b)"), "4:11 no operator '*' for 'Int' and 'Float64'", "convert one side"),
    "String with Int": (in_main("var a = 1", 'print("n: " + a)'), "3:11 value passed to 'other' cannot be converted from 'Int' to 'String'", "'String(…)'"),
    "a number as String": (in_main("var s: String = 5"), "2:21 cannot implicitly convert 'IntLiteral' value to 'String'", "'String(…)'"),
    "an immutable argument": ("def f(x: Int):\n    x += 1\n\n\n" + in_main("f(1)"), "2:5 expression must be mutable in assignment", "'mut x' or 'var x'"),
    "an immutable self": (POINT.replace("return self.count", "self.count += 1; return 1") + in_main("pass"), "6:9 expression must be mutable in assignment", "'mut self'"),
    "no raises": (in_main('var x = atol("3")'), "2:13 cannot call 'atol', which may raise, in a function that does not", "mark the function 'raises'"),
    "no import": (in_main("print(sqrt(2.0))"), "2:11 use of unknown declaration 'sqrt'", "from std.math import sqrt"),
    "a use after a move": (in_main("var a = [1]", "var b = a^", "print(len(a), len(b))"), "4:15 use of 'a' after it was transferred with '^'", "'.copy()'"),
    "&&": (in_main("if True && False:", "    pass"), "2:14 unexpected '&'", "write 'and'"),
    "||": (in_main("if True || False:", "    pass"), "2:14 unexpected '|'", "write 'or'"),
    "!": (in_main("if !True:", "    pass"), "2:8 unexpected character '!'", "write 'not'"),
    "++": (in_main("var i = 0", "i++"), "3:8 this statement is not complete", "write 'i += 1'"),
    "?:": (in_main("var x = True ? 1 : 2"), "2:18 unexpected character '?'", "'a if condition else b'"),
    "else if": (in_main("if True:", "    pass", "else if False:", "    pass"), "4:10 unexpected 'if'", "write 'elif'"),
    "elseif": (in_main("if True:", "    pass", "elseif False:", "    pass"), "4:12 unexpected 'False'", "write 'elif'"),
    "true": (in_main("var a = true"), "2:13 use of unknown declaration 'true'", "write 'True'"),
    "null": (in_main("var a = null"), "2:13 use of unknown declaration 'null'", "write 'None'"),
    "print without ()": (in_main('print "x"'), "2:11 unexpected '\"x\"'", "in parentheses"),
    "an f-string": (in_main("var x = 1", 'print(f"{x}")'), "3:11 there are no f-strings; write a t-string, t\"…\"", None),
    "len of a String": (in_main('var s = String("abc")', "print(len(s))"), "3:11 'String' has no length: it does not conform to 'Sized'", "'s.byte_length()'"),
    "an index of a String": (in_main('var s = String("abc")', "print(s[0])"), "3:11 no matching function in call to '__getitem__'", "'s[byte=i]'"),
    "append to an Array": (in_main("var a = [1, 2]", "a.append(3)"), "3:5 'Array[Int, 2]' value has no attribute 'append'", "List[Int]"),
    "a Dict of mixed types": (in_main('var d = {"a": 1, "b": "c"}'), "2:27 value passed to 'value' cannot be converted from 'StringLiteral' to 'Int'", None),
    "a module's variable": ("x = 5\n\n\n" + in_main("pass"), "1:1 statements stand in functions; a module holds definitions and imports only", "comptime x"),
    "a call of main": (in_main("pass") + "\n\nmain()\n", "5:1 statements stand in functions; a module holds definitions and imports only", "leave it out"),
    "if __name__": (in_main("pass") + "\n\nif __name__ == '__main__':\n    main()\n", "5:1 statements stand in functions; a module holds definitions and imports only", "leave it out"),
    "arguments of main": ("def main(args: List[String]):\n    pass\n", "1:1 'main' must be one function without arguments and result", "argv()"),
    "str as a type": ("def f(x: str):\n    pass\n\n\n" + in_main("pass"), "1:10 use of unknown declaration 'str'", "write 'String'"),
    "a variable as in Python": (in_main("x: Int = 5"), "2:6 unexpected ':'", "'var x: Type'"),
    "a field as in Python": ("struct A:\n    x: Int\n\n\n" + in_main("pass"), "2:6 unexpected ':'", "'var x: Type'"),
    "a field with a value": ("struct A:\n    var x: Int = 3\n\n\n" + in_main("pass"), "2:5 a field has no value here; give it one in '__init__'", None),
    "inheritance": ("struct A:\n    pass\n\n\nstruct B(A):\n    pass\n\n\n" + in_main("pass"), "5:1 structs do not inherit: 'A' is no trait", None),
    "None for nothing yet": (in_main("var x = None"), "2:13 'None' alone has no type that a value could have", "Optional[Int]"),
    "a number that is None": (in_main("var x = 5", "if x is None:", "    pass"), "3:8 'Int' has no operator 'is'", "Optional[Int]"),
    "% on a String": (in_main('print("%d" % 5)'), "2:11 no operator '%' for 'String' and 'Int'", "t-string"),
    "Int with String": (in_main('print(5 + "a")'), "2:11 no operator '+' for 'Int' and 'String'", "'String(…)'"),
    "== without Equatable": (POINT + in_main("print(Point(1) == Point(2))"), "10:11 no operator '==' for 'Point' and 'Point'", "'Equatable'"),
    "no type of a result": ("def f(x: Int):\n    return x\n\n\n" + in_main("f(1)"), "2:5 this function has no result to return", "'-> Type'"),
    "a change of an argument": ("def f(x: List[Int]):\n    x.append(1)\n\n\n" + in_main("pass"), "2:5 argument 'self' must be mutable: this value cannot be changed", "'mut'"),
    "default for case _": (in_main("match 5:", "    case 5:", "        pass", "    default:", "        pass"), "5:9 unexpected 'default'", "'case _:'"),
    "class": ("class A:\n    pass\n\n\n" + in_main("pass"), "1:1 not supported yet: classes (write a struct)", None),
    "numpy": ("import numpy as np\n\n\n" + in_main("pass"), "1:1 unable to locate module 'numpy'", "Python's packages"),
    "braces": (in_main("while (True) {", "}"), "2:18 unexpected '{'", "no braces"),
    "func": ("func f():\n    pass\n\n\n" + in_main("pass"), "1:6 unexpected 'f' after 'func'", "'def name("),
    "const": (in_main("const x = 3"), "2:11 unexpected 'x' after 'const'", "comptime"),
    "except … as": (in_main("try:", "    pass", "except Error as e:", "    pass"), "4:18 unexpected 'as'", "'except name:'"),
    "lambda without ()": (in_main("var f = lambda x: x + 1"), "2:20 unexpected 'x'", "in parentheses with their types"),
}  # fmt: skip


@pytest.mark.parametrize(("source", "expected", "help_"), MISTAKES.values(), ids=list(MISTAKES))
def test_a_common_mistake_is_one_error_with_a_way_out(
    source: str, expected: str, help_: str | None
) -> None:
    with pytest.raises(CompileError) as caught:
        check(source)

    (found,) = caught.value.diagnostics
    assert f"{found.span.line}:{found.span.column} {found.message}" == expected
    if help_ is not None:
        assert help_ in (found.suggestion or "")
    assert "^" in found.text({FILE: source})
