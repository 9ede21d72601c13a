"""Slices that try to take more than is theirs: each fails alone, and the chunk goes on."""

import pytest
from tests.sandbox.javascript.programs import PROFILE, error_of, load, run, value_of

from meshnode.sandbox import (
    ChildLimits,
    ChildLost,
    JavaScriptProfile,
    SliceProcess,
    SliceRecord,
    encode_record,
)

SMALL = JavaScriptProfile(memory_bytes=64 << 20, slice_operations=1)
WAIT_FOR_EVER = (
    "new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array([0,97,115,109,1,0,0,0,1,4,1,96,0,"
    "0,3,2,1,0,5,4,1,3,1,1,7,5,1,1,119,0,0,10,15,1,13,0,65,0,65,0,66,127,254,1,2,0,26,11]))).exports.w()"
)
"""WebAssembly that waits for a change of its memory."""


def second_is(statement: str) -> str:
    """Give a work function that does something bad in the second of three slices."""
    return f"async (x) => {{ if (x === 2) {{ {statement} }} return x; }}"


def fate(records: tuple[SliceRecord, ...]) -> SliceRecord:
    """Give the second record, when the others are as they should be."""
    first, second, third = records
    assert (value_of(first), value_of(third)) == (1, 3)
    return second


@pytest.mark.parametrize(
    "statement",
    [
        "while (true) {}",
        "while (true) await null;",
        "const again = () => Promise.resolve().then(again); again();",
        "setInterval(() => {}, 0); while (true) await new Promise((r) => setTimeout(r));",
        "/(a+)+$/.test('a'.repeat(40) + 'b');",
        "Array.prototype.includes.call({ length: 2 ** 53 - 1 }, 1);",
        "Object.prototype.then = () => { while (true); }; return {};",
    ],
)
def test_a_slice_that_hangs_ends_as_silent(process: SliceProcess, statement: str) -> None:
    record = fate(run(process, second_is(statement), ["1", "2", "3"], progress_ms_max=150))
    assert error_of(record).code == "ENOPROGRESS"
    assert (error_of(record).stack, record.events) == ("", ())


def test_a_slice_that_never_ends_is_too_slow_though_it_calls_progress(
    process: SliceProcess,
) -> None:
    source = second_is("console.log('lost'); while (true) progress();")
    record = fate(run(process, source, ["1", "2", "3"], progress_ms_max=100, slice_ms_max=250))
    assert error_of(record).code == "ESLICETOOSLOW"
    assert record.events == ()


def test_a_slice_that_sleeps_ends_too(process: SliceProcess) -> None:
    records = run(process, second_is(WAIT_FOR_EVER), ["1", "2", "3"], progress_ms_max=100)
    assert error_of(fate(records)).code == "ENOPROGRESS"


def test_a_program_that_hangs_while_it_loads_fails_slice_by_slice(process: SliceProcess) -> None:
    records = run(process, "(() => { while (true); })()", ["1", "2"], progress_ms_max=60)
    assert [error_of(record).code for record in records] == ["ENOPROGRESS"] * 2


@pytest.mark.parametrize(
    "statement",
    [
        "const a = []; while (true) a.push(new Array(1e5).fill(1.5));",
        "const a = []; while (true) { a.push(new Array(1e5).fill(a.length)); await null; }",
        "let s = 'x'; const a = []; while (true) { s += s.slice(0, 1e6) + a.length; a.push(s + 'y'); a.at(-1).at(5); }",
        "return JSON.parse('[' + '[],'.repeat(2e7) + '0]');",
    ],
)
def test_a_heap_that_is_full_ends_the_slice(process: SliceProcess, statement: str) -> None:
    record = fate(run(process, second_is(statement), ["1", "2", "3"], SMALL))
    assert record == SliceRecord(None, error_of(record))
    assert error_of(record).code == "ESANDBOX"
    assert error_of(record).message == "the sandbox ended: out of memory, or it crashed"


@pytest.mark.parametrize(
    "statement",
    [
        "const a = []; while (true) a.push(new Uint8Array(1e9));",
        "const a = []; while (true) a.push(new Uint8Array(1e7).fill(1));",
        "const m = new WebAssembly.Memory({ initial: 1 }); while (m.grow(160));",
        "const a = []; while (true) a.push(new WebAssembly.Memory({ initial: 160 }));",
        "const b = new ArrayBuffer(1, { maxByteLength: 2 ** 32 }); while (true) b.resize(b.byteLength + 1e7);",
    ],
)
def test_buffers_are_bounded_too(process: SliceProcess, statement: str) -> None:
    record = fate(run(process, second_is(statement), ["1", "2", "3"], SMALL))
    assert error_of(record).name == "RangeError"


def test_memory_that_is_let_go_may_be_taken_again(process: SliceProcess) -> None:
    source = "() => { let n = 0; for (let i = 0; i < 300; i += 1) n += new Uint8Array(1e6).fill(1).length; return n; }"
    assert value_of(run(process, source, profile=SMALL)[0]) == 300_000_000


def test_deep_recursion_is_an_error_of_the_slice(process: SliceProcess) -> None:
    record = fate(run(process, second_is("const f = () => f() + 1; f();"), ["1", "2", "3"]))
    assert error_of(record).message == "Maximum call stack size exceeded"


@pytest.mark.parametrize(
    "statement",
    [
        "Object.prototype.toJSON = () => { throw new Error('no'); };",
        "Object.prototype.toKVIN = () => ({ raw: 'forged' });",
        "Object.prototype.get = () => 1; Object.prototype.value = 3;",
        "Object.prototype.hasOwnProperty = () => true;",
        "JSON.stringify = () => '[null,null,[]]'; JSON.parse = () => ({});",
        "Object.defineProperty(Array.prototype, 0, { get: () => 7, set() { throw new Error('no'); } });",
        "Array.prototype[Symbol.iterator] = function* () { while (true) yield 1; };",
        "Array.prototype.push = Array.prototype.map = String.prototype.slice = null;",
        "Promise.prototype.then = null; Promise.prototype.constructor = 5; Promise.resolve = null;",
        "Function.prototype.call = Function.prototype.apply = Function.prototype.bind = null;",
        "Reflect.apply = Reflect.ownKeys = Reflect.getOwnPropertyDescriptor = null;",
        "Map.prototype.get = Map.prototype.set = null; setTimeout(() => {}, 0);",
        "Object.setPrototypeOf(Array.prototype, new Proxy({}, { get() { throw new Error('no'); } }));",
        "String.prototype.toWellFormed = String.prototype.indexOf = () => '\\\"';",
        "globalThis.Array = globalThis.Object = globalThis.JSON = globalThis.Promise = null;",
        "for (const name of Object.getOwnPropertyNames(globalThis)) try { delete globalThis[name]; } catch { }",
        "Error.prepareStackTrace = () => { throw 1; }; throw new Error('own');",
    ],
)
def test_changing_javascripts_own_objects_hurts_only_the_slice(
    process: SliceProcess, statement: str
) -> None:
    record = fate(run(process, second_is(statement), ["1", "2", "3"]))
    # Any record is right that is a record: the slice may have cut off its own branch.
    assert (record.value is None) != (record.error is None)
    assert encode_record(record)


def test_what_the_program_itself_changes_stays(process: SliceProcess) -> None:
    source = "(() => { Array.prototype.last = function () { return this.at(-1); }; return (x) => [x].last(); })()"
    records = run(process, source, [str(i) for i in range(40)])
    assert [value_of(record) for record in records] == list(range(40))


def test_a_result_that_is_too_long_is_left_out(process: SliceProcess) -> None:
    profile = JavaScriptProfile(memory_bytes=64 << 20, slice_operations=1, output_bytes_max=10_000)
    source = "(x) => x === 3 ? x : 'y'.repeat(x === 2 ? 20_000 : 9_000)"
    records = run(process, source, ["1", "2", "3", "1", "3"], profile)
    codes = [record.error and record.error.message for record in records]
    left_out = "the slice was left out; run it in another chunk"
    assert codes == [None, "output too long", None, left_out, None]


def test_slices_behind_many_that_hang_are_left_out(process: SliceProcess) -> None:
    source = "(x) => { while (x) { } return x; }"
    records = run(process, source, ["1", "0", "1", "0", "0"], progress_ms_max=200)
    codes = [record.error and record.error.code for record in records]
    assert codes == ["ENOPROGRESS", None, "ENOPROGRESS", "ENOTRUN", "ENOTRUN"]


def test_an_error_may_say_only_so_much(process: SliceProcess) -> None:
    source = "() => { const e = new Error('m'.repeat(1e6)); e.name = 'n'.repeat(1e6); throw e; }"
    (record,) = run(process, source)
    assert len(encode_record(record)) < 100_000


def test_a_host_that_is_less_patient_gives_no_verdict() -> None:
    process = SliceProcess.start(ChildLimits(nice=0, wall_ms_max=1_000), "javascript")
    load(process, "() => { while (true); }", profile=PROFILE, progress_ms_max=60_000)
    with pytest.raises(ChildLost, match="longer than 1000 ms"):
        process.run_chunk(0, 0, 1, 0)
    process.kill()
