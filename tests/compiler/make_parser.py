"""Build `compiler/parse/mojo_parser.py`, the LALR tables of `compiler/parse/mojo.lark`, with lark.

Run `python -m tests.compiler.make_parser` after a change of the grammar; a test compares. Only the tables are made
here: lark itself is needed neither at run time nor for its lexer (building takes a second, loading a millisecond).
"""

import json
from pathlib import Path

from lark import Lark
from lark.grammar import Rule
from lark.lexer import PatternStr
from lark.parsers.lalr_analysis import IntParseTable, Shift

COMPILER = Path(__file__).parents[2] / "compiler"
OUTPUT = COMPILER / "parse/mojo_parser.py"

HEADER = '''"""LALR tables of mojo.lark; made by `python -m tests.compiler.make_parser`, never edited by hand.

STATES has by state: actions by symbol, or the one reduction that is possible. It is JSON, which loads ten times faster
than the same text as Python.
"""

import msgspec

'''


def make_parser() -> str:
    """Give the text of `parse/mojo_parser.py`."""
    grammar = (COMPILER / "parse/mojo.lark").read_text(encoding="utf-8")
    lark = Lark(grammar, parser="lalr", lexer="basic", maybe_placeholders=True)
    table = lark.parser.parser._parse_table
    order = _reachable_states(table)
    actions = [action for row in table.states.values() for action in row.values()]
    rules = sorted(
        {_rule(argument) for action, argument in actions if action is not Shift}, key=repr
    )
    states: list[object] = []
    for number in order:
        row = {
            symbol: order[argument] + 1 if action is Shift else -rules.index(_rule(argument)) - 1
            for symbol, (action, argument) in sorted(table.states[number].items())
        }
        values = set(row.values())
        is_default = len(values) == 1 and min(values) < 0
        states.append(min(values) if is_default else row)
    fixed = {
        terminal.pattern.value: terminal.name
        for terminal in lark.terminals
        if isinstance(terminal.pattern, PatternStr)
    }
    start = order[table.start_states["start"]]
    stop = order[table.end_states["start"]]
    return "".join(
        [
            HEADER,
            f"START = {start}\nSTOP = {stop}\n",
            f"FIXED = {dict(sorted(fixed.items()))!r}\n",
            "RULES = [\n" + "".join(f"    {rule!r},\n" for rule in rules) + "]\n",
            "STATES = msgspec.json.decode(\n    '''[\n",
            ",\n".join(json.dumps(state) for state in states),
            "\n]''',\n    type=list[dict[str, int] | int],\n)\n",
        ]
    )


def _reachable_states(table: IntParseTable) -> dict[int, int]:
    """Number the states in an order that depends on the grammar alone (lark's own depends on hashes)."""
    order = {table.start_states["start"]: 0}
    queue = list(order)
    for number in queue:
        for _, (action, argument) in sorted(table.states[number].items()):
            if action is Shift and argument not in order:
                order[argument] = len(order)
                queue.append(argument)
    return order


def _rule(rule: Rule) -> tuple[str, int, str | None, bool, tuple[int | None, ...]]:
    """Give (left side, length, builder's name or None, is inlined, children).

    A child is the index of a symbol, `-1 - index` for one to be spliced, or None for an absent optional.
    """
    length = len(rule.expansion)
    empty = rule.options.empty_indices
    gaps = (
        [len(ones) for ones in "".join(str(int(bit)) for bit in empty).split("0")]
        if empty
        else [0] * (length + 1)
    )
    children: list[int | None] = []
    for index, symbol in enumerate(rule.expansion):
        children += [None] * gaps[index]
        if symbol.is_term:
            if not getattr(symbol, "filter_out"):  # noqa: B009 - only terminals have it
                children.append(index)
        else:
            children.append(-1 - index if symbol.name.startswith("_") else index)
    children += [None] * gaps[length]
    origin = rule.origin.name
    name = rule.alias or origin
    is_inlined = origin.startswith("_")
    passes_one = bool(rule.options.expand1 and not rule.alias)
    builder = None if is_inlined or (passes_one and len(children) == 1) else name
    return (str(origin), length, builder and str(builder), is_inlined, tuple(children))


if __name__ == "__main__":
    OUTPUT.write_text(make_parser(), encoding="utf-8")
