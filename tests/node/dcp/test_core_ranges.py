"""Ranges mean what the client's own range objects mean, and cost no more than their values."""

import json
import os
import random
import shutil
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.node.dcp.node_oracle import MODULES_VARIABLE

from meshnode.node.dcp import job_limits
from meshnode.node.dcp.json_text import dumps
from meshnode.node.dcp.port import DcpRefused, JsonValue
from meshnode.node.dcp.ranges import expand_range

EXPANDED = """
process.env.DCP_CONFIG_LOCATION = '';
require(process.argv[1]).init({ reportErrors: false }).then(() => {
  const { rehydrateRange } = require('dcp/range-object');
  let text = '';
  process.stdin.on('data', (piece) => { text += piece; });
  process.stdin.on('end', () => {
    const values = (range) => { try { return [...rehydrateRange(range)]; } catch { return null; } };
    process.stdout.write(JSON.stringify(JSON.parse(text).map(values)), () => process.exit(0));
  });
});
"""
"""A program that reads a list of ranges, and writes the values of each; null if the client takes it for none."""


def values_at_the_client(ranges: Sequence[JsonValue], home: Path) -> list[JsonValue]:
    node, folder = shutil.which("node"), os.environ.get(MODULES_VARIABLE, "")
    client = Path(folder) / "dcp-client"
    if node is None or not folder or not client.exists():
        pytest.skip(
            f"{MODULES_VARIABLE} names no node_modules with dcp-client, or there is no Node"
        )
    answer = subprocess.run(
        [node, "-e", EXPANDED, str(client)],
        input=json.dumps(ranges),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        env={**os.environ, "HOME": str(home), "DCP_CONFIG_LOCATION": ""},
    )
    values: list[JsonValue] = json.loads(answer.stdout)
    return values


def values_here(data_range: JsonValue) -> JsonValue:
    try:
        values: JsonValue = json.loads(dumps([*expand_range(data_range)]))
    except DcpRefused:
        return None
    return values


def random_range(rng: random.Random) -> dict[str, JsonValue]:
    numbers = [rng.randint(-20, 20), rng.choice([-2.5, 0.1, 0.75, 7.3]), 0]
    described: dict[str, JsonValue] = {"start": rng.choice(numbers), "end": rng.choice(numbers)}
    if rng.random() < 0.6:
        described["step"] = rng.choice([1, -1, 2, 3, -0.1, 0.1, 0.3, -2.5, 0])
    if rng.random() < 0.3:
        described["group"] = rng.choice([1, 2, 3, 7])
    return described


def random_ranges(count: int) -> list[JsonValue]:
    rng = random.Random(20_25)
    ranges: list[JsonValue] = []
    for _ in range(count):
        parts: list[JsonValue] = [random_range(rng) for _ in range(rng.randint(1, 3))]
        values: list[JsonValue] = ["a", 1.5, None, {"b": [True]}]
        kind = rng.random()
        if kind < 0.5:
            ranges.append(parts[0])
        elif kind < 0.75:
            ranges.append({"ranges": [*parts, values[: rng.randint(1, 4)]]})
        else:
            ranges.append({"ranges": [_without_group(part) for part in parts], "sparse": True})
    return ranges


def _without_group(described: JsonValue) -> JsonValue:
    assert isinstance(described, dict)
    return {key: value for key, value in described.items() if key != "group"}


def test_ranges_agree_with_the_clients_own_range_objects(tmp_path: Path) -> None:
    ranges = random_ranges(400)

    theirs = values_at_the_client(ranges, tmp_path)

    ours = [values_here(each) for each in ranges]
    for asked, mine, other in zip(ranges, ours, theirs, strict=True):
        assert mine == other, asked
    assert sum(values is not None for values in ours) > 100


@pytest.mark.parametrize(
    ("described", "values"),
    [
        ({"start": 1, "end": 10, "step": 3}, [1, 4, 7, 10]),
        ({"start": 1, "end": 11, "step": 3}, [1, 4, 7, 10]),
        ({"start": 3, "end": 1}, [3, 2, 1]),
        ({"start": 5, "end": 5}, [5]),
        ({"start": 5, "end": 5, "step": None}, [5]),
        ({"start": 0, "end": 1, "step": 0.5}, [0, 0.5, 1]),
        ({"start": 1.0, "end": 3.0, "step": 1.0}, [1, 2, 3]),
        ({"start": 1, "end": 5, "step": 1, "group": 2}, [[1, 2], [3, 4], [5]]),
        (
            {"ranges": [{"start": 1, "end": 2}, {"start": 8, "end": 9}]},
            [[1, 8], [1, 9], [2, 8], [2, 9]],
        ),
        ({"ranges": [["a", "b"], 7]}, [["a", 7], ["b", 7]]),
        (
            {"sparse": True, "ranges": [{"start": 1, "end": 2}, {"start": 8, "end": 9}]},
            [1, 2, 8, 9],
        ),
        ({"dist": "normalRng", "params": [], "length": 2, "values": [0.5, 0.25]}, [0.5, 0.25]),
        ([3, "x", None], [3, "x", None]),
    ],
)
def test_the_values_of_a_range(described: JsonValue, values: JsonValue) -> None:
    assert [*expand_range(described)] == values


@pytest.mark.parametrize(
    "described",
    [
        None,
        5,
        "1..3",
        {},
        {"start": 1},
        {"start": 1, "end": "3"},
        {"start": True, "end": 3},
        {"start": 1, "end": 3, "step": -1},
        {"start": 1, "end": 1, "step": 1},
        {"start": 1, "end": 3, "step": 0},
        {"start": 1, "end": 3, "group": 0},
        {"start": 1, "end": 3, "group": 1.5},
        {"start": 1, "end": 3, "group": True},
        {"ranges": []},
        {"ranges": "x"},
        {"ranges": [{"start": 1}]},
        {"sparse": True},
        {"sparse": True, "ranges": [5]},
        {"values": []},
        {"dist": "normalRng", "params": [0, 1], "length": 2},
    ],
)
def test_what_is_no_range_is_refused(described: JsonValue) -> None:
    with pytest.raises(DcpRefused) as refused:
        expand_range(described)

    assert refused.value.code == "EBADRANGE"
    assert len(refused.value.message) > 20


MANY = job_limits.SLICES_PER_JOB_MAX
FULL: JsonValue = {"start": 1, "end": MANY}


@pytest.mark.parametrize(
    "described",
    [
        {"start": 1, "end": MANY + 1},
        {"start": 0, "end": 1, "step": 1e-300},
        {"start": 0, "end": 1e308, "step": 1e-5},
        {"start": -1e308, "end": 1.7e308, "step": 1},
        {"start": -(10**400), "end": 10**400},
        {"start": 1, "end": 10**15, "group": 10**9},
        {"ranges": [FULL, FULL]},
        {"ranges": [FULL] * 1000},
        {"ranges": [[0, 1]] * 17 + [0] * 5000},
        {"ranges": [[0]] * 100_000},
        {"sparse": True, "ranges": [FULL, {"start": 1, "end": 1}]},
        {"sparse": True, "ranges": [FULL] * 1000},
        [0] * (MANY + 1),
    ],
    ids=lambda described: dumps(described)[:60] if not _is_huge(described) else "huge",
)
def test_a_range_that_is_too_large_is_refused_before_it_is_expanded(described: JsonValue) -> None:
    began = time.thread_time()

    with pytest.raises(DcpRefused):
        expand_range(described)

    assert time.thread_time() - began < 0.5


def _is_huge(described: JsonValue) -> bool:
    return not isinstance(described, dict) or "start" in described


def test_a_range_of_as_many_values_as_there_may_be_is_taken() -> None:
    assert len(expand_range(FULL)) == MANY


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["start", "end", "step", "group", "ranges", "sparse", "values", "dist"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=15,
)


@given(ANYTHING)
def test_anything_is_expanded_or_refused(described: JsonValue) -> None:
    try:
        values = expand_range(described)
    except DcpRefused:
        return
    assert len(values) <= MANY
