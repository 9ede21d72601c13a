"""Values that go in and come out: the same KVIN as elsewhere."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.sandbox.javascript.programs import error_of, run, value_of

import meshnode.sandbox.javascript
from meshnode.sandbox import SliceProcess

VALUES = [
    "undefined",
    "null",
    "-0",
    "NaN",
    "[Infinity, -Infinity, 1e21, 0.1]",
    "10n ** 30n",
    "'é\\u0000\\ud800'",
    "[]",
    "({})",
    "[1, 1, 1, 'a', 'a', null, undefined]",
    "(() => { const a = [1]; a[5] = 2; a.more = 3; return a; })()",
    "({ a: [1, { b: 2 }], c: 'd', e: { f: undefined } })",
    "new Uint8Array([1, 2, 255, 0])",
    "new Float32Array([0.5, NaN, -1])",
    "new Float64Array(100)",
    "new BigInt64Array([1n])",
    "new Uint16Array(Array.from({ length: 50 }, (_, i) => i))",
    "new Map([[1, 'a'], [{ k: 1 }, new Set([1, [2]])]])",
    "new Date(1234567890123)",
    "new URL('http://example.org/a?b#c')",
    "Object.assign(new RangeError('m'), { code: 'E', stack: 's', extra: 1 })",
    "/a+b/gi",
    "new Boolean(true)",
    "(() => { const o = { list: [] }; o.self = o; o.list.push(o, o.list); return o; })()",
    "[new Number(5), new String('s')]",
]
"""Expressions in which nothing depends on the place where they are evaluated."""

IN_NODE = """
const KVIN = require(process.argv[1]);
for (const expression of JSON.parse(process.argv[2])) {
  console.log(KVIN.serialize((0, eval)(`(${expression})`)));
}
"""


def test_results_are_what_kvin_makes_of_them_in_node(process: SliceProcess, tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs Node.js")
    directory = Path(meshnode.sandbox.javascript.__file__).parent
    expected = subprocess.run(
        [node, "-e", IN_NODE, str(directory / "kvin.js"), json.dumps(VALUES)],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={"TZ": "UTC"},
    ).stdout.splitlines()
    for expression, text in zip(VALUES, expected, strict=True):
        (record,) = run(process, f"() => ({expression})")
        assert record.value == text, expression


@pytest.mark.parametrize("expression", VALUES)
def test_a_value_goes_in_as_it_came_out(process: SliceProcess, expression: str) -> None:
    (record,) = run(process, f"() => ({expression})")
    assert record.value is not None
    what = json.dumps(json.loads(record.value)["what"])
    (again,) = run(process, "x => x", [what])
    assert again.value == record.value


def test_dcps_own_classes_keep_their_names(process: SliceProcess) -> None:
    data = [
        '{"ctr":"dcpUrl$$DcpURL","ps":{},"arg":"http://example.org/"}',
        '{"ctr":"dcpEth$$Address","ps":{},"arg":"0x00"}',
    ]
    records = run(process, "x => x", data)
    assert [value_of(record) for record in records] == [json.loads(datum) for datum in data]
    (record,) = run(process, "x => [x instanceof URL, x.hostname]", data[:1])
    assert value_of(record) == {"arr": [True, "example.org"]}


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("new (class Secret { a = 1; })", "Secret is not defined"),
        ("[Promise.resolve(1)]", "cannot marshal Promise"),
        ("new Proxy({}, { get() { throw new Error('trap'); } })", "trap"),
        ("Array.from({ length: 50_000 }).reduce((list) => [list], [])", "call stack"),
    ],
)
def test_a_result_that_cannot_be_passed_on_is_an_error(
    process: SliceProcess, expression: str, message: str
) -> None:
    (record,) = run(process, f"() => {expression}")
    assert message in error_of(record).message


def test_a_broken_datum_is_an_error_of_its_slice(process: SliceProcess) -> None:
    records = run(process, "x => x", ["1", '{"seen":9}', '{"ctr":"No","ps":{}}', "{", "5"])
    assert value_of(records[0]) == 1
    assert [error_of(record).name for record in records[1:4]] == [
        "Error",
        "ReferenceError",
        "SyntaxError",
    ]
    assert value_of(records[4]) == 5


def test_the_bits_of_nan_do_not_depend_on_how_it_came_about(process: SliceProcess) -> None:
    source = "(x) => new Float64Array(new BigUint64Array([0xfff8_0000_0000_0001n, 5n]).buffer)"
    (record,) = run(process, source)
    (plain,) = run(process, "() => { const a = new Float64Array([NaN, 0]);"
                   " a[1] = new Float64Array(new BigUint64Array([5n]).buffer)[0]; return a; }")  # fmt: skip
    assert record == plain
