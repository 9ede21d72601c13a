"""Plain JavaScript does what the modules do, at the edges of the numbers and in random programs; and how it reads."""

import shutil
import subprocess
from pathlib import Path

import pytest
from msgspec.structs import replace
from tests.compiler.front_end import check, prelude
from tests.compiler.host import run_home
from tests.compiler.interpreted import Console, run_interpreted
from tests.compiler.loops.generator import program as random_program
from tests.golden.javascript import run_in_node, write_forms

from meshnode.compiler import ir
from meshnode.compiler.diagnostic import CompileError
from meshnode.compiler.javascript.plain import plain_text
from meshnode.compiler.pipeline import Form, compile_program, emit

needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="needs Node")

INTEGERS = """\
def odd(n: Int) -> Int:
    return n

def main():
    var low = Int.MIN
    var high = Int.MAX
    print(low // -1, low % -1, low // 3, low % 3, high // -2, high % -2, -low, ~low, low - 1, high + 1, high * high)
    for d in range(-2, 3):
        print(7 // d, 7 % d, -7 // d, -7 % d, low // d, high % d)
    for i in range(-3, 4):
        print(i * -5, (i * 7) % 4, (i * 7) // 4, i // -2, i % -2, i << 3, i >> 1, i & 6, i | 8, i ^ 5, -i, ~i)
        print(Float64(i * -5), Float64(i % -3), Float64(i // 2), Float32(i * -1), 1.0 / Float64(i * 0))
    for s in range(60, 70):
        print(1 << s, low >> s, UInt(1) << UInt(s), UInt.MAX >> UInt(s), high << s)
    var u = UInt(0)
    print(u - 1, u - UInt(7) // 2, (u - 1) * (u - 1), (u - 1) // 3, (u - 1) % 10, ~u)
    print(Int8(-128) // Int8(-1), Int8(127) + Int8(1), UInt8(0) - UInt8(1), Int16(-300) * Int16(300))
    print(Int32(65537) * Int32(65537), UInt32(65537) * UInt32(65537), Int32.MIN // Int32(-1), Int32.MIN % Int32(-1))
    print(UInt32(1) << UInt32(31), Int32(1) << Int32(31), Int32.MIN >> Int32(33), UInt32.MAX >> UInt32(4))
    print(UInt32.MAX & UInt32(0xF0000000), UInt32.MAX ^ UInt32(1), Int8(-1) & Int8(127))
    print(~UInt32(5), ~UInt8(5), -Int8(-128))
    var w: List[Int] = [300, -1, 1 << 20, 1 << 31, 1 << 40]
    for x in w:
        print(Int8(x), UInt8(x), Int16(x), UInt16(x), Int32(x), UInt32(x), UInt64(x), Int64(x), UInt(x))
    var floats: List[Float64] = [1e300, -1e300, 1e10, -3.5, 300.7, -3.99, 1.8446744073709552e19, 2147483647.5]
    for x in floats:
        print(Int(x), Int32(x), UInt8(x), Int8(x), UInt64(x), UInt(x), UInt32(x))
    print(Float32(16777217), Float32(9007199791611905), Float32(UInt64.MAX), Float32(Int.MIN))
    print(Float64(high), Float64(UInt.MAX))
    print(Float32(-9007199791611905), Float32(9223371761976868863), Float32(9223371761976868864))
    print(odd(high) & 255, odd(low) & 255, (odd(high) - 7) % 1000, odd(-1) & 0xFFFFFFFF, odd(low) % 10 - 9)
"""
LOOPS = """\
def count(start: Int, stop: Int, step: Int):
    var n = 0
    var last = 0
    for i in range(start, stop, step):
        n += 1
        last = i
        if n > 5:
            break
    else:
        print("all", end=" ")
    print(n, last)

def main():
    count(Int.MAX - 3, Int.MAX, 1)
    count(Int.MAX - 30, Int.MAX, 9)
    count(Int.MIN + 3, Int.MIN, -1)
    count(Int.MIN + 30, Int.MIN, -9)
    count(0, 10, -1)
    count(10, 0, 1)
    count(-5, 5, 3)
    for i in range(UInt(250), UInt(255)):
        print(i, end=" ")
    for i in range(Int.MAX - 2, Int.MAX):
        print(i, end=" ")
    for i in range(3):
        var j = i
        while j < 3:
            j += 1
            if j == 2:
                continue
            print(i, j, end=" ")
        else:
            print("done", end=" ")
    print()
    var total = 0
    for i in range(1000):
        total += i * i * i * i * i * i
    print(total)
"""
NAMES = """\
def function(new: Int, delete: Int) -> Int:
    return new - delete

def memory(bytes: Int) -> Int:
    return bytes + 1

def run(frame: Int) -> Int:
    var stack = frame
    var host = stack * 2
    return host + memory(stack)

struct typeof:
    var this: Int
    var void: String

    def __init__(out self, this: Int):
        self.this = this
        self.void = String("v")

def main():
    var arguments = function(5, 3)
    var RAISED = 3
    var lane: List[Int] = [1, 2, 3]
    var drop = typeof(4)
    var copy = drop.void
    var main_ = run(7)
    for NaN in range(2):
        for undefined in lane:
            print(arguments, RAISED, NaN, undefined, drop.this, copy, main_)
    var Number = 2
    var move: List[String] = [String("a"), String("b")]
    for element in move:
        print(Number, element)
"""


def _outcomes(sources: dict[str, str], folder: Path) -> dict[str, tuple[bytes, bytes, int]]:
    texts = {name: plain_text(check(source), "test.mojo") for name, source in sources.items()}
    found = run_in_node(write_forms(texts, folder))
    return {name: (o.stdout, o.stderr, o.exit_code) for name, o in found.items()}


@needs_node
def test_numbers_loops_and_names_are_those_of_the_modules(tmp_path: Path) -> None:
    sources = {"integers": INTEGERS, "loops": LOOPS, "names": NAMES}

    found = _outcomes(sources, tmp_path)

    for name, source in sources.items():
        home = compile_program(source, "test.mojo", prelude()).home
        expected = run_home(home, ("program", "one", "two words", "drei"))
        assert expected.trap is None
        assert found[name] == (expected.stdout, expected.stderr, expected.exit_code)


@needs_node
def test_random_programs_do_what_the_interpreter_does(tmp_path: Path) -> None:
    sources = {f"seed {seed}": random_program(seed) for seed in range(1, 7)}

    found = _outcomes(sources, tmp_path)

    for name, source in sources.items():
        expected = run_interpreted(check(source), Console())
        assert (name, *found[name]) == (name, expected.stdout, expected.stderr, expected.exit_code)


@needs_node
@pytest.mark.parametrize("form", [Form.JS, Form.JS_PLAIN])
def test_a_trap_is_told_and_ends_with_one(form: Form, tmp_path: Path) -> None:
    source = "def main():\n    var z = 0\n    print(1)\n    print(Int32(5) / Int32(z))\n"
    file = tmp_path / "program.js"
    file.write_bytes(emit(source, "program.mojo", prelude(), form))

    done = subprocess.run(["node", str(file)], capture_output=True, check=False, timeout=60)

    assert (done.stdout, done.returncode) == (b"1\n", 1)
    assert done.stderr == b"the program was stopped: unreachable\n"


def test_the_text_reads_like_the_program() -> None:
    source = (
        "def mix(a: Int, b: Int) -> Int:\n"
        "    var total = a\n"
        "    for i in range(10):\n"
        "        if i % 3 == 0:\n"
        "            continue\n"
        "        total += i * b\n"
        "    return total\n"
        "\n"
        "def main():\n"
        "    print(mix(1 << 60, 3))\n"
    )

    text = plain_text(check(source), "test.mojo")

    start = text.index("// test.mojo:1 mix")
    assert text[start:].startswith(
        "// test.mojo:1 mix\n"
        "function mix(a, b) {\n"
        "  let total = a;\n"
        "  for (let i = 0; i < 10; i++) {\n"
        "    if (i % 3 === 0) {\n"
        "      continue;\n"
        "    }\n"
        "    total = int64(total + BigInt(i * b));\n"
        "  }\n"
        "  return total;\n"
        "}\n"
    )


def test_what_plain_javascript_cannot_do_is_refused() -> None:
    module = check("def main():\n    pass\n")
    main = module.functions[module.main]
    effect = ir.Perform(None, "host_close", (ir.Const(ir.INT, 1),), main.span)
    functions = {**module.functions, module.main: replace(main, body=(effect,))}

    with pytest.raises(CompileError, match="in plain JavaScript: the intrinsic 'host_close'"):
        plain_text(replace(module, functions=functions), "test.mojo")
