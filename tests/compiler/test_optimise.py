"""What LLVM is kept from doing: forms that are legal in WebAssembly and slow on processors."""

from tests.compiler.front_end import prelude

from meshnode.compiler.pipeline import Form, emit


def _wat(source: str) -> str:
    return emit(source, "program.mojo", prelude(), Form.WAT).decode()


def test_integers_that_cannot_be_negative_become_floats_as_signed_ones() -> None:
    wat = _wat("""\
def main():
    var state = UInt64(1)
    var total = 0.0
    for _ in range(1000):
        state = state * 6364136223846793005 + 1442695040888963407
        total += Float64(Int(state >> 40))
    print(total > 1.0)
""")

    assert "f64.convert_i64_s" in wat
    assert "f64.convert_i64_u" not in wat


def test_a_choice_of_two_values_is_no_table_of_jumps() -> None:
    wat = _wat("""\
def main():
    var cells = List[UInt8](length=1000, fill=2)
    var changed = 0
    for i in range(1000):
        var around = cells[i] + cells[(i * 7) % 1000] + UInt8(i % 2)
        if around == 3 or (around == 4 and cells[i] == 1):
            cells[i] = 1
            changed += 1
    print(changed)
""")

    assert "br_table" not in wat
