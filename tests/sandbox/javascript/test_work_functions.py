"""What a work function may be, what it is given, and what becomes of what it returns and tells."""

import json

import pytest
from tests.sandbox.javascript.programs import (
    error_of,
    evaluate,
    kvin,
    load,
    records_of,
    run,
    value_of,
)

from meshnode.sandbox import (
    EVENT_BYTES_MAX,
    EVENTS_MAX,
    JavaScriptProfile,
    JavaScriptProgram,
    ModuleRefused,
    SliceProcess,
    encode_data,
    encode_program,
)


@pytest.mark.parametrize(
    "source",
    [
        "(x) => x * 2",
        "x => x * 2 // a comment without an end of line",
        "function (x) { return x * 2; }",
        "function double(x) { return x * 2 }",
        "async (x) => { await null; return x * 2; }",
        "async function (x) { for await (const y of [x, x]) { this.sum = (this.sum ?? 0) + y }"
        " const sum = this.sum; delete this.sum; return sum; }",
        "x => new Promise((resolve) => setTimeout(() => resolve(x * 2), 20))",
        "x => ({ then(resolve) { resolve(x * 2); } })",
        "((factor) => (x) => x * factor)(2)",
    ],
)
def test_a_work_function_may_be_any_expression_of_a_function(
    process: SliceProcess, source: str
) -> None:
    records = run(process, source, ["1", "2", "21"])
    assert [value_of(record) for record in records] == [2, 4, 42]


def test_a_chunk_is_a_part_of_the_slices_at_a_fixed_price(process: SliceProcess) -> None:
    load(process, "x => x + 1", [str(i) for i in range(100)])
    outcome = process.run_chunk(0, 10, 25, 5)
    assert [value_of(record) for record in records_of(outcome)] == list(range(11, 26))
    assert (outcome.operations, outcome.trap) == (15 * 1_000, None)


def test_a_chunk_of_no_slices_is_empty(process: SliceProcess) -> None:
    load(process, "x => x")
    assert process.run_chunk(0, 1, 1, 0).tape == b""


def test_a_slice_without_a_datum_fails(process: SliceProcess) -> None:
    load(process, "x => x", ["1", "2"])
    records = records_of(process.run_chunk(0, 1, 4, 0))
    assert value_of(records[0]) == 2
    assert [error_of(record).code for record in records[1:]] == ["ESANDBOX", "ESANDBOX"]


def test_arguments_follow_the_datum(process: SliceProcess) -> None:
    arguments = (kvin("10"), kvin('{"ctr":2,"ab8":"abc"}'), kvin('{"undefined":true}'))
    source = "function (x, a, b, c) { return [x + a, b instanceof Uint8Array, b[2], c, arguments.length] }"
    (record,) = run(process, source, ["5"], arguments=arguments)
    assert value_of(record) == {"arr": [15, True, 99, {"undefined": True}, 4]}


def test_values_of_the_older_kvin_are_read(process: SliceProcess) -> None:
    text = '{"_serializeVerId":"v8","what":{"ctr":0,"ps":{"a":{"ctr":2,"ab8":"\\u0001\\u0002"}}}}'
    program = JavaScriptProgram(
        worktime="map-basic",
        work_function="(x, y) => x.a[1] + y",
        arguments=('{"_serializeVerId":"v8","what":40}',),
        must_progress=False,
    )
    profile = JavaScriptProfile(memory_bytes=64 << 20, slice_operations=1)
    process.load(encode_program(program), encode_data([text]), profile)
    (record,) = records_of(process.run_chunk(0, 0, 1, 0))
    assert value_of(record) == 42


def test_console_lines_and_custom_events_are_kept_in_their_order(process: SliceProcess) -> None:
    source = """(x) => {
      console.log('a', x, undefined); work.emit('half', { x, list: [1, 2] }); console.warn(new Map([[x, 'b']]));
      work.emit('none'); console.debug(); console.info(1n); console.error('e');
      return x;
    }"""
    (record,) = run(process, source, ["7"])
    told = [(event.kind, event.name, json.loads(event.payload)) for event in record.events]
    assert told[:4] == [
        (
            "console",
            "log",
            {"_serializeVerId": "v9", "what": {"arr": ["a", 7, {"undefined": True}]}},
        ),
        ("custom", "half", {"x": 7, "list": [1, 2]}),
        (
            "console",
            "warn",
            {
                "_serializeVerId": "v9",
                "what": {"arr": [{"mapKeys": {"arr": [7]}, "mapVals": {"arr": ["b"]}}]},
            },
        ),
        ("custom", "none", None),
    ]
    assert [name for _, name, _ in told[4:]] == ["debug", "info", "error"]


def test_what_cannot_be_written_to_the_console_is_written_as_text(process: SliceProcess) -> None:
    (record,) = run(process, "() => { console.log(Promise.resolve(1), 2); return 3; }")
    assert json.loads(record.events[0].payload)["what"] == {"arr": ["[object Promise]", "2"]}
    assert value_of(record) == 3


def test_events_beyond_their_bounds_are_left_out(process: SliceProcess) -> None:
    many = f"() => {{ for (let i = 0; i < {EVENTS_MAX + 9}; i += 1) console.log(i); return 1; }}"
    large = f"() => {{ console.log('first'); console.log('é'.repeat({EVENT_BYTES_MAX * 2 // 3}));"
    large += " console.log('last'); return 2; }"
    (record,) = run(process, many)
    assert len(record.events) == EVENTS_MAX
    (record,) = run(process, large)
    assert [event.payload for event in record.events] == [kvin('{"arr":["first"]}')]
    assert value_of(record) == 2


def test_a_thrown_error_is_the_record(process: SliceProcess) -> None:
    source = """(x) => {
      console.log('before');
      const error = new RangeError('too far: ' + x);
      if (x === 2) error.code = 'EFAR';
      throw error;
    }"""
    first, second = run(process, source, ["1", "2"])
    error = error_of(first)
    assert (error.code, error.name, error.message) == ("", "RangeError", "too far: 1")
    assert error.stack == "RangeError: too far: 1\n    at eval (workFunction:3:21)"
    assert len(first.events) == 1
    assert error_of(second).code == "EFAR"


@pytest.mark.parametrize(
    ("thrown", "message"),
    [("'text'", "text"), ("null", "null"), ("17", "17"), ("undefined", "undefined")],
)
def test_anything_can_be_thrown(process: SliceProcess, thrown: str, message: str) -> None:
    (record,) = run(process, f"async () => {{ throw {thrown}; }}")
    error = error_of(record)
    assert (error.name, error.message) == ("Error", message)


def test_an_error_of_a_timer_fails_the_slice(process: SliceProcess) -> None:
    source = (
        "() => { setTimeout(() => { throw new Error('late'); }); return new Promise(() => {}); }"
    )
    assert error_of(run(process, source)[0]).message == "late"


def test_a_source_that_is_no_expression_fails_every_slice(process: SliceProcess) -> None:
    records = run(process, "const f = 1;", ["1", "2"])
    assert [error_of(record).name for record in records] == ["SyntaxError", "SyntaxError"]


def test_a_rejected_slice_says_why(process: SliceProcess) -> None:
    source = "(x) => { if (x > 1) { try { work.reject('not ' + x); } catch { } } return x; }"
    first, second = run(process, source, ["1", "2"])
    assert value_of(first) == 1
    assert (error_of(second).code, error_of(second).message) == ("EREJECTED", "not 2")


def test_a_slice_must_call_progress_if_the_job_says_so(process: SliceProcess) -> None:
    source = "(x) => { console.log('lost'); return x === 1 ? progress() && progress('50%') : x; }"
    first, second = run(process, source, ["1", "2"], must_progress=True)
    assert value_of(first) == {"raw": True}
    assert error_of(second).code == "ENOPROGRESS"
    assert second.events == ()


def test_a_slice_that_throws_need_not_have_called_progress(process: SliceProcess) -> None:
    (record,) = run(process, "() => { throw new Error('first'); }", must_progress=True)
    assert error_of(record).message == "first"


def test_the_job_is_known(process: SliceProcess) -> None:
    source = "() => [work.job.public.name, work.job.public.link]"
    (record,) = run(process, source, public='{"name":"Primes","link":"https://example.org/"}')
    assert value_of(record) == {"arr": ["Primes", "https://example.org/"]}


def test_strict_mode_is_the_jobs_choice(process: SliceProcess) -> None:
    leak = "function () { leaked = 1; delete globalThis.leaked; return 1; }"
    assert value_of(run(process, leak, is_strict=False)[0]) == 1
    assert error_of(run(process, leak, is_strict=True)[0]).name == "ReferenceError"


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ({"worktime": "pyodide"}, "this node names no directory with its files"),
        ({"worktime": "other"}, "'other' is not known"),
        ({"progress_ms_max": 10**9}, "progress_ms_max"),
        ({"slice_ms_max": 10**9}, "slice_ms_max"),
        ({"slice_ms_max": 0}, "time"),
    ],
)
def test_a_program_out_of_bounds_is_refused(
    process: SliceProcess, program: dict[str, str | int], reason: str
) -> None:
    fields = {"worktime": "map-basic", "work_function": "x => x", "arguments": (), **program}
    profile = JavaScriptProfile(memory_bytes=64 << 20, slice_operations=1)
    with pytest.raises(ModuleRefused, match=reason):
        process.load(
            encode_program(JavaScriptProgram(**fields)),  # type: ignore[arg-type]  # of the table
            encode_data([kvin("1")]),
            profile,
        )
    assert evaluate(process, "6 * 7") == 42


@pytest.mark.parametrize(
    ("module", "captures"), [(b"\x00", b"\x90"), (b"", b""), (b"\xc1", b"\x90")]
)
def test_nonsense_is_refused(process: SliceProcess, module: bytes, captures: bytes) -> None:
    profile = JavaScriptProfile(memory_bytes=64 << 20, slice_operations=1)
    with pytest.raises(ModuleRefused, match="no JavaScript program"):
        process.load(module, captures, profile)


def test_too_little_memory_is_refused(process: SliceProcess) -> None:
    with pytest.raises(ModuleRefused, match="memory"):
        load(process, "x => x", profile=JavaScriptProfile(memory_bytes=65_536, slice_operations=1))
