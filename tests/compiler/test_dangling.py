"""References and views whose owner was changed: refused where the language refuses them, and nowhere else.

The real compiler refuses each program of the first table ("use of invalidated interior reference", or of an
uninitialized value, or an incompatible origin), and takes each of the second.
"""

from collections.abc import Mapping, Sequence

from tests.compiler.front_end import errors_of, messages_of

from meshnode.compiler import limits

STRUCTS = """\
@fieldwise_init
struct P(Copyable, Movable):
    var xs: List[Int]
    var ys: List[Int]

    def read(self):
        pass

    def grow(mut self):
        self.xs.append(1)

    def first(ref self) -> ref[self.xs] List[Int]:
        return self.xs


struct H[o: Origin]:
    var s: Span[Int, Self.o]
    var n: Int

    def __init__(out self, s: Span[Int, Self.o]):
        self.s = s
        self.n = 3

    def size(self) -> Int:
        return len(self.s)


def same[o: Origin](s: Span[Int, o]) -> Span[Int, o]:
    return s


struct Box[o: Origin](Movable):
    var p: Pointer[Int, Self.o]

    def __init__(out self, ref[Self.o] n: Int):
        self.p = Pointer(to=n)


def anything() -> Box[MutAnyOrigin]:
    var n = 3
    var box = Box[MutAnyOrigin](n)
    return box^


def part(ref a: List[Int]) -> Span[Int, origin_of(a)]:
    return Span(a)


def change(mut a: List[Int]):
    a.append(1)


def see(a: List[Int]):
    pass


@__unsafe_nested_origins_read_only
def touch(ref a: List[Int]):
    pass


"""

LIST = "var a: List[Int] = [1, 2, 3]"
TEXT = 'var s = String("a b c")'
DICT = 'var d: Dict[String, Int] = {"a": 1}'
PAIR = "var p = P([1], [2])"
NESTED = "var a: List[List[Int]] = [[1, 2], [3]]"

REFUSED = {
    "bytes": (TEXT, "var p = s.as_bytes()", 's += "x"', "print(p[0])"),
    "a slice of text": (TEXT, "var v = s[byte=0:2]", 's += "x"', "print(v)"),
    "a code point": (TEXT, "var v = s[codepoint=0]", 's += "x"', "print(v)"),
    "stripped text": (TEXT, "var v = s.strip()", 's += "x"', "print(v.byte_length())"),
    "parts of text": (TEXT, 'var v = s.split(" ")', 's += "x"', "print(v)"),
    "one part of text": (TEXT, 'var v = s.split(" ")[0]', 's += "x"', "print(v)"),
    "text in a tuple": (TEXT, "var v = (s.strip(), 1)", 's += "x"', "print(v)"),
    "text in a list": (TEXT, "var v = [s.strip()]", 's += "x"', "print(v)"),
    "a copy of a view": (TEXT, "var v = s.as_bytes()", "var w = v", 's += "x"', "print(w[0])"),
    "a view as an argument": (TEXT, "var v = s.as_bytes()", 's = "q"', "print(len(v))"),
    "bytes in a loop": (TEXT, "for b in s.as_bytes():", '    s += "x"', "    print(b)"),
    "words in a loop": (TEXT, 'for w in s.split(" "):', '    s += "x"', "    print(w)"),
    "an element": (LIST, "ref r = a[0]", "a.append(1)", "print(r)"),
    "a store into an element": (LIST, "ref r = a[0]", "a.append(1)", "r = 4"),
    "a pointer": (LIST, "var p = Pointer(to=a[0])", "a.append(1)", "print(p[])"),
    "a pointer in an Optional": (LIST, "var o = Optional(Pointer(to=a[0]))", "a.append(1)", "print(o.value()[])"),
    "a slice": (LIST, "var v = a[0:2]", "a.append(1)", "print(v[0])"),
    "a loop over a slice": (LIST, "for x in a[0:2]:", "    a.append(1)", "    print(x)"),
    "a pointer into a slice": (LIST, "var v = a[0:2].unsafe_ptr()", "a.append(1)", "print(v[])"),
    "another list": (LIST, "ref r = a[0]", "a = [5]", "print(r)"),
    "a list sorted": (LIST, "ref r = a[0]", "sort(a)", "print(r)"),
    "a list given away to be changed": (LIST, "ref r = a[0]", "change(a)", "print(r)"),
    "on one path": (LIST, "ref r = a[0]", "if len(a) > 1:", "    a.append(1)", "print(r)"),
    "in the next iteration": (LIST, "ref r = a[0]", "for _ in range(3):", "    print(r)", "    a.append(1)"),
    "in the next test": (LIST, "ref r = a[0]", "while r < 3:", "    a.append(1)"),
    "in the handler": (
        LIST, "ref r = a[0]", "try:", "    a.append(1)", '    raise Error("x")', "except:", "    print(r)",
    ),
    "behind an element": (NESTED, "ref r = a[0][0]", "a[0] = [2]", "print(r)"),
    "behind any element": (NESTED, "ref r = a[0][0]", "a[1].append(1)", "print(r)"),
    "behind a pointer": (NESTED, "var p = Pointer(to=a[0])", "ref r = p[][0]", "p[].append(1)", "print(r)"),
    "behind a span": (NESTED, "var v = Span(a)", "ref r = v[0][0]", "v[0].append(1)", "print(r)"),
    "behind a reference": (PAIR, "ref l = p.xs", "ref r = l[0]", "l.append(1)", "print(r)"),
    "a field": (PAIR, "ref r = p.xs[0]", "p.xs = [3]", "print(r)"),
    "a method that changes": (PAIR, "ref r = p.xs[0]", "p.grow()", "print(r)"),
    "another object": (PAIR, "ref r = p.xs[0]", "p = P([1], [2])", "print(r)"),
    "through a method's reference": (PAIR, "ref r = p.first()[0]", "p.xs.append(1)", "print(r)"),
    "a value of a dictionary": (DICT, 'ref r = d["a"]', 'd["b"] = 1', "print(r)"),
    "a dictionary popped": (DICT, 'ref r = d["a"]', '_ = d.pop("b", 1)', "print(r)"),
    "a variant": ("var v: Variant[Int, String] = 42", "ref r = v[Int]", 'v = String("x")', "print(r)"),
    "a deque": ("var q = Deque[Int](1)", "q.append(1)", "ref r = q[0]", "q.append(2)", "print(r)"),
    "a tuple's element": ("var t: Tuple[List[Int], Int] = ([1], 3)", "ref r = t[0][0]", "t[0].append(1)", "print(r)"),
    "an array's element": ("var a: Array[List[Int], 2] = [[1], [2]]", "ref r = a[0][0]", "a[1].append(1)", "print(r)"),
    "a struct with a view": (LIST, "var h = H(a[0:2])", "a.append(1)", "print(h.size())"),
    "a function's result": (LIST, "var v = same(a[0:2])", "a.append(1)", "print(v[0])"),
    "the same statement": (LIST, "print(a[0], a.pop())"),
    "moved": (LIST, "ref r = a[0]", "var b = a^", "print(r, len(b))"),
    "a pointer to what was moved": (LIST, "var p = Pointer(to=a)", "var b = a^", "print(p[][0], len(b))"),
    "a span of what was moved": (LIST, "var v = Span(a)", "var b = a^", "print(v[0], len(b))"),
    "a pointer that outlives": (
        LIST, "var p = Pointer(to=a)", "if len(a) > 1:", "    var b: List[Int] = [3]", "    p = Pointer(to=b)",
        "print(p[][0])",
    ),
}  # fmt: skip

ACCEPTED = {
    "a new reference": (LIST, "ref r = a[0]", "print(r)", "a.append(1)", "ref q = a[0]", "print(q)"),
    "a copy": (LIST, "var r = a[0]", "a.append(1)", "print(r)"),
    "a copied slice": (LIST, "var v = List(a[0:2])", "a.append(1)", "print(v)"),
    "copied text": (TEXT, "var v = String(s.strip())", 's += "x"', "print(v)"),
    "new text": (TEXT, "var v = s.upper()", "var w = s.strip() + s", 's += "x"', "print(v, w)"),
    "a byte": (TEXT, "var n = s.as_bytes()[0]", 's += "x"', "print(n)"),
    "two elements": (LIST, "ref r = a[0]", "ref q = a[1]", "r = 4", "q = 5", "a[2] += 1", "print(r, q)"),
    "a list that is read": (LIST, "ref r = a[0]", "see(a)", "print(len(a), a.copy(), 1 in a)", "print(r)"),
    "a list that is touched": (LIST, "ref r = a[0]", "touch(a)", "print(r)"),
    "on another path": (LIST, "ref r = a[0]", "if len(a) > 1:", "    a.append(1)", "    return", "print(r)"),
    "a loop that is left": (
        LIST, "ref r = a[0]", "for _ in range(3):", "    if r == 1:", "        a.append(3)", "        break",
    ),
    "taken again in a loop": (
        LIST, "var v = a[0:2]", "while len(a) < 9:", "    print(v)", "    a.append(3)", "    v = a[0:2]",
    ),
    "an element that changes": (NESTED, "ref r = a[0]", "a[1].append(3)", "r.append(4)", "print(r)"),
    "another field": (PAIR, "ref r = p.xs[0]", "p.ys.append(1)", "p.ys = [3]", "print(r)"),
    "a field itself": (PAIR, "ref r = p.xs", "p = P([1], [2])", "print(r)"),
    "a method that reads": (PAIR, "ref r = p.xs[0]", "p.read()", "print(r)"),
    "another variable": (LIST, "var b: List[Int] = [1]", "ref r = a[0]", "b.append(1)", "print(r)"),
    "a loop over what grows": (LIST, "for x in a:", "    if len(a) < 9:", "        a.append(x)", "    print(x)"),
    "letters of what grows": (TEXT, "for c in s.codepoint_slices():", '    s += "x"', "    print(c)", "    break"),
    "values of what grows": (DICT, "for v in d.values():", '    d["b"] = 2', "    print(v)", "    break"),
    "a value that changes": (DICT, 'ref r = d["a"]', 'd["a"] += 1', "r = 4", "print(r, d)"),
    "an Optional": ('var o: Optional[String] = String("a")', "ref r = o.value()", "o = None", "print(r)"),
    "an array": ("var a: Array[Int, 3] = [1, 2, 3]", "ref r = a[0]", "a = [4, 5, 6]", "print(r)"),
    "a tuple": ("var t = (1, 2)", "ref r = t[0]", "t[1] = 5", "print(r)"),
    "a pointer to the list": (LIST, "var p = Pointer(to=a)", "a.append(1)", "print(p[][0])"),
    "a span of the list": (LIST, "var v = Span(a)", "a.append(1)", "print(len(v))"),
    "a pointer to a number": ("var n = 3", "var p = Pointer(to=n)", "n = 4", "print(p[])"),
    "a pointer to what is there again": (
        LIST, "var p = Pointer(to=a)", "var b = a^", "a = [3]", "print(p[][0], len(b))",
    ),
    "a cast pointer": (
        LIST, "var p = Pointer(to=a[0]).unsafe_origin_cast[MutAnyOrigin]()", "a.append(1)", "print(p[])",
    ),
    "an element as an argument": (LIST, "a.append(a[0])", "print(a)"),
    "a field that is no view": (LIST, "var h = H(a[0:2])", "a.append(1)", "print(h.n)"),
    "a function that says less": (LIST, "var v = part(a)", "a.append(1)", "print(len(v))"),
    "a closure that changes": (LIST, "def grow() {mut a}:", "    a.append(1)", "ref r = a[0]", "grow()", "print(r)"),
}  # fmt: skip

READ_ONLY = {
    "values of a dictionary": ("d: Dict[String, Int]", "for ref v in d.values():", "    v += 1"),
    "items of a dictionary": ("d: Dict[String, Int]", "for ref e in d.items():", "    e.value += 1"),
    "a span": ("a: List[Int]", "var s = Span(a)", "s[0] = 3"),
    "a span at once": ("a: List[Int]", "Span(a)[0] = 3"),
    "a slice": ("a: List[Int]", "a[0:1][0] = 3"),
    "a loop over a span": ("a: List[Int]", "for ref x in Span(a):", "    x = 3"),
    "a loop over a deque": ("a: Deque[Int]", "for ref x in a:", "    x = 3"),
    "a pointer": ("a: Int", "var p = Pointer(to=a)", "p[] = 3"),
    "a pointer to an element": ("a: List[Int]", "var p = Pointer(to=a[0])", "p[] = 3"),
    "a pointer to elements": ("a: List[Int]", "var p = a.unsafe_ptr()", "p[unsafe_offset=0] = 3"),
    "a method": ("a: List[Int]", "Pointer(to=a)[].append(3)"),
}  # fmt: skip
"""An argument that may not be changed, and how it is changed through a view of it."""

IMPORTS = "from std.collections import Deque\nfrom std.utils import Variant\n\n\n"


def program(table: Mapping[str, Sequence[str]]) -> tuple[str, list[str]]:
    """Write a program with a function for each entry; the list tells for each of its lines whose it is."""
    lines = [*IMPORTS.split("\n"), *STRUCTS.split("\n")]
    owners = [""] * len(lines)
    for number, (name, body) in enumerate(table.items()):
        lines += [f"def case{number}() raises:", *(f"    {line}" for line in body), ""]
        owners += [name] * (len(body) + 2)
    return "\n".join([*lines, "def main():", "    pass", ""]), owners


def refused(table: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Give the codes of what is wrong with each entry."""
    found: dict[str, list[str]] = {}
    keys = list(table)
    size = limits.DIAGNOSTICS_MAX // 2
    for first in range(0, len(table), size):
        names = keys[first : first + size]
        source, owners = program({name: table[name] for name in names})
        for message in messages_of(source):
            line, code = message.split(":")[0], message.split()[1]
            found.setdefault(owners[int(line) - 1], []).append(code)
    return found


def test_what_dangles_is_refused() -> None:
    assert refused(REFUSED) == {name: ["ownership:"] for name in REFUSED}


def test_what_does_not_dangle_is_taken() -> None:
    assert refused(ACCEPTED) == {}


def test_nothing_is_changed_through_a_view_of_what_may_only_be_read() -> None:
    lines = [IMPORTS]
    for number, (argument, *body) in enumerate(READ_ONLY.values()):
        lines += [f"def case{number}({argument}):", *(f"    {line}" for line in body), ""]
    source = "\n".join([*lines, "def main():", "    pass", ""])

    assert [message.split()[1] for message in messages_of(source)] == ["mutability:"] * len(
        READ_ONLY
    )
    for convention in ("mut ", "var "):
        changed = source
        for argument, *_ in READ_ONLY.values():
            changed = changed.replace(f"({argument})", f"({convention}{argument})")
        assert not errors_of(changed)


def test_nothing_is_changed_through_a_view_of_whatever_origin() -> None:
    for line in ("a[0] = 3", "a[0:1][0] = 3", "for ref x in a: x = 3"):
        source = f"def f(a: Span[Int, _]):\n    {line}\n\n\ndef main():\n    pass\n"

        assert [message.split()[1] for message in messages_of(source)] == ["mutability:"]
        assert not errors_of(source.replace("Span[Int, _]", "Span[mut=True, Int, _]"))
        assert not errors_of(source.replace("Span[Int, _]", "Span[Int, MutAnyOrigin]"))


def test_the_change_is_shown() -> None:
    source = (
        "def main():\n    var a: List[Int] = [1]\n    ref r = a[0]\n    a.append(2)\n    print(r)\n"
    )

    text = errors_of(source)

    assert text.startswith(
        "test.mojo:5:11: error: use of 'r', which refers to 'a[\"element\"]', after 'a' was changed [ownership]\n"
    )
    assert (
        "test.mojo:4:5: note: 'a' was changed here: what 'r' refers to may be elsewhere, or freed"
        in text
    )
    assert (
        "help: use it before that, take it from 'a' again after it, or keep a copy instead" in text
    )


def test_a_result_that_outlives_is_refused() -> None:
    source = (
        "def f() -> Span[UInt8, ImmutAnyOrigin]:\n    var s = String(3)\n    return s.as_bytes()\n\n\n"
        "def main():\n    print(f()[0])\n"
    )

    assert messages_of(source) == [
        "3:12 ownership: the result would refer to 's', which ends before it"
    ]
