"""What a work function finds around it: clock, timers, modules, and the web's interfaces."""

import pytest
from tests.sandbox.javascript.programs import error_of, evaluate, run, value_of

from meshnode.sandbox import SliceProcess

ADD = (
    "new Uint8Array([0,97,115,109,1,0,0,0,1,7,1,96,2,127,127,1,127,3,2,1,0,7,7,1,3,97,100,100,0,0,"
    "10,9,1,7,0,32,0,32,1,106,11])"
)
"""A WebAssembly module whose `add` adds two numbers."""


def test_timers_run_in_order_of_time_and_nothing_waits(process: SliceProcess) -> None:
    source = """async () => {
      const told = [];
      const begun = Date.now();
      setTimeout((...args) => told.push('c', ...args), 3_600, 1, 2);
      setTimeout(() => told.push('a'), 5);
      const dropped = setTimeout(() => told.push('never'), 6);
      clearTimeout(dropped);
      const each = setInterval(() => { told.push('b'); if (told.length > 3) clearInterval(each); }, 10);
      setImmediate(() => told.push('now'));
      queueMicrotask(() => told.push('first'));
      await new Promise((resolve) => setTimeout(resolve, 4_000));
      return [told.join(), Date.now() - begun >= 4_000];
    }"""
    assert value_of(run(process, source)[0]) == {"arr": ["first,now,a,b,c,1,2", True]}


def test_microtasks_run_between_timers(process: SliceProcess) -> None:
    source = """() => new Promise((resolve) => {
      const told = [];
      setTimeout(() => { told.push(1); Promise.resolve().then(() => told.push(2)); });
      setTimeout(() => { told.push(3); resolve(told.join()); });
    })"""
    assert value_of(run(process, source)[0]) == {"raw": "1,2,3"}


def test_the_timers_of_one_slice_do_not_reach_the_next(process: SliceProcess) -> None:
    source = (
        "(x) => { if (x === 1) setTimeout(() => { globalThis.seen = true; }); return typeof seen; }"
    )
    records = run(process, source, ["1", "2"])
    assert value_of(records[1]) == {"raw": "undefined"}


def test_a_virtual_wait_counts_as_time(process: SliceProcess) -> None:
    wait = "new Promise((resolve) => setTimeout(resolve, 700))"
    source = f"async (x) => {{ for (let i = 0; i < x; i += 1) {{ await {wait}; progress(); }} return x; }}"
    records = run(process, source, ["1", "2", "4"], progress_ms_max=1_000, slice_ms_max=2_000)
    assert value_of(records[1]) == 2
    assert error_of(records[2]).code == "ESLICETOOSLOW"
    silent = f"async () => {{ await {wait}; await {wait}; }}"
    assert error_of(run(process, silent, progress_ms_max=1_000)[0]).code == "ENOPROGRESS"


def test_a_slice_that_waits_for_nothing_ends_at_once(process: SliceProcess) -> None:
    (record,) = run(process, "() => new Promise(() => {})")
    assert error_of(record).code == "ENOPROGRESS"


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("new Date(0).getTimezoneOffset()", 0),
        ("new Date(0).toLocaleString()", {"raw": "1/1/1970, 12:00:00 AM"}),
        ("Intl.DateTimeFormat().resolvedOptions().timeZone", {"raw": "UTC"}),
        ("(1234.5).toLocaleString()", {"raw": "1,234.5"}),
        ("new Intl.DateTimeFormat().format()", {"raw": "1/1/2025"}),
        ("new Date().toISOString()", {"raw": "2025-01-01T00:00:00.001Z"}),
        ("Date().slice(0, 15)", {"raw": "Wed Jan 01 2025"}),
        ("new Date(2024, 1, 29).getTime()", 1709164800000),
        ("Date.UTC(2000, 0)", 946684800000),
        ("new Date() instanceof Date && Date.name + Date.length", {"raw": "Date7"}),
        ("performance.now() < performance.now()", {"raw": True}),
        ("class D extends Date {}, 1", 1),
        ("typeof SharedArrayBuffer + typeof Atomics + typeof Temporal", {"raw": "undefined" * 3}),
        ("new WeakRef(globalThis).deref() === self", {"raw": True}),
        ("crypto.randomUUID().length + crypto.getRandomValues(new Uint8Array(5)).length", 41),
        ("typeof process + typeof Buffer + typeof XMLHttpRequest", {"raw": "undefined" * 3}),
        ("btoa('é\\u0000') + atob(' aGk ')", {"raw": "6QA=hi"}),
        ("new TextDecoder().decode(new TextEncoder().encode('aé€😀\\ud800'))", {"raw": "aé€😀\ufffd"}),
        ("new TextDecoder('utf-16le').decode(new Uint8Array([97, 0, 172, 32]))", {"raw": "a€"}),
        ("new TextDecoder().decode(new Uint8Array([0xef, 0xbb, 0xbf, 65, 0xe2, 0x82, 66]))", {"raw": "A\ufffdB"}),
        ("new TextEncoder().encodeInto('é€', new Uint8Array(4)).written", 2),
        ("structuredClone({ a: new Map([[1, new Set([2])]]) }).a.get(1).has(2)", {"raw": True}),
        ("new Blob(['aé', new Uint8Array([66])]).size", 4),
        ("new URL('../b?q=1#h', 'HTTP://User:p@Example.org:80/a/c/d').href", {"raw": "http://User:p@example.org/a/b?q=1#h"}),
        ("new URL('data:text/plain,hi').pathname", {"raw": "text/plain,hi"}),
        ("new URL('http://x/?a=1&b=%20+').searchParams.get('b')", {"raw": "  "}),
        ("String(new URLSearchParams({ a: 'b c', d: '&' }))", {"raw": "a=b+c&d=%26"}),
        ("URL.canParse('no url')", {"raw": False}),
        ("navigator.userAgent + location.href", {"raw": "not a browserDCP Worker"}),
        ("progress(0.5)", {"raw": True}),
    ],
)  # fmt: skip
def test_the_environment_is_the_same_everywhere(
    process: SliceProcess, expression: str, value: object
) -> None:
    assert evaluate(process, expression) == value


def test_there_is_no_network(process: SliceProcess) -> None:
    (record,) = run(process, "() => fetch('http://127.0.0.1/')")
    assert "no network" in error_of(record).message


@pytest.mark.parametrize(
    "source",
    [
        f"async (x) => (await WebAssembly.instantiate({ADD})).instance.exports.add(x, 40)",
        f"async (x) => (await WebAssembly.instantiate(await WebAssembly.compile({ADD}))).exports.add(x, 40)",
        f"(x) => new WebAssembly.Instance(new WebAssembly.Module({ADD})).exports.add(x, 40)",
    ],
)
def test_webassembly_runs(process: SliceProcess, source: str) -> None:
    assert value_of(run(process, source, ["2"])[0]) == 42


def test_broken_webassembly_is_an_error_of_the_slice(process: SliceProcess) -> None:
    (record,) = run(process, "() => WebAssembly.compile(new Uint8Array(8))")
    assert error_of(record).name == "CompileError"


@pytest.mark.parametrize("name", ["fs", "process", "./nothing", "/etc/passwd"])
def test_there_are_no_modules_but_the_programs_own(process: SliceProcess, name: str) -> None:
    error = error_of(run(process, f"() => require('{name}')")[0])
    assert (error.code, error.message) == ("MODULE_NOT_FOUND", f"Cannot find module '{name}'")


def test_modules_that_came_with_the_program_are_found(process: SliceProcess) -> None:
    modules = (
        (
            "pack/thing.js",
            "module.declare(['./other'], function (require, exports, module) {"
            " exports.plus = (x) => require('./other')(x) + 1; exports.id = module.id; });",
        ),
        ("pack/other", "module.declare([], (require, exports, module) => { module.exports = (x) => x * 2; });"),
        ("pack/labelled", "module.declare([{ o: './other' }], (require, exports) => { exports.o = require('o'); });"),
    )  # fmt: skip
    source = "(x) => [require('thing').plus(x), require('thing').id, require('pack/labelled').o(x)]"
    (record,) = run(
        process,
        source,
        ["5"],
        modules=modules,
        require_path=("pack",),
        dependencies=("pack/thing",),
    )
    assert value_of(record) == {"arr": [11, "pack/thing", 10]}


def test_a_package_that_puts_its_modules_in_place_itself_is_understood(
    process: SliceProcess,
) -> None:
    # What the packages of `job.requires` do: they fill the memo, and replace `require`.
    package = """module.declare(function () {});
    (function () {
      bravojs.paths.push('/localhost/search');
      bravojs.globalResolveHook = (name) => ({ renamed: '/localhost/program/local' })[name] ?? name;
      bravojs.requireMemo['/localhost/program/local'] = { triple: (x) => x * 3 };
      bravojs.requireMemo['/localhost/search/lib'] = 'lib';
      bravojs.mainModuleDir = '/localhost/program';
      bravojs.global.require = bravojs.requireFactory(bravojs.mainModuleDir);
    })();"""
    name = "dcp-pkg-v1-localhost-00/sideloader-v1"
    source = "(x) => [require('./local').triple(x), require('renamed').triple(x), require('lib')]"
    (record,) = run(
        process, source, ["2"], modules=((f"{name}.js", package),), dependencies=(name,)
    )
    assert value_of(record) == {"arr": [6, {"lst": 1}, "lib"]}


def test_a_module_that_fails_or_is_missing_fails_every_slice(process: SliceProcess) -> None:
    broken = (("m", "throw new Error('broken module')"),)
    records = run(process, "x => x", ["1", "2"], modules=broken)
    assert [error_of(record).message for record in records] == ["broken module"] * 2
    (record,) = run(process, "x => x", dependencies=("pack/missing",))
    assert error_of(record).code == "MODULE_NOT_FOUND"
