"""The child process: jail, death, cancellation, and equal bytes in every process."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.sandbox.javascript.programs import evaluate, load, records_of, run, value_of

from meshnode.sandbox import ChildLimits, ChildLost, SliceProcess

LIMITS = ChildLimits(nice=0)
BUSY = "() => { let n = 0; for (let i = 0; i < 1.5e8; i += 1) n = (n + i) % 7; return n; }"

IN_JAIL = """
import sys
from meshnode.sandbox.jail import close_jail
from meshnode.sandbox.javascript.isolate import Isolate, load_engine
load_engine()
assert "seccomp" in close_jail(nice=1, file_bytes_max=1 << 20)
isolate = Isolate(64 << 20)
def answered(answer):
    print(answer.text)
    open("/etc/passwd")
isolate.run("let n = 0; for (let i = 0; i < 1e6; i++) n += i; String(n)", answered)
isolate.wait(None)
"""


@pytest.fixture
def own_process() -> Iterator[SliceProcess]:
    process = SliceProcess.start(LIMITS, "javascript")
    yield process
    process.kill()


def test_v8_compiles_in_the_jail_and_its_thread_opens_no_file(process: SliceProcess) -> None:
    if "seccomp" not in process.jail:
        pytest.skip("this kernel has no system call filter")
    result = subprocess.run(
        [sys.executable, "-c", IN_JAIL], capture_output=True, text=True, check=False
    )
    assert result.stdout.strip() == str(sum(range(1_000_000)))
    assert "PermissionError" in result.stderr


def test_every_thread_of_the_child_is_in_the_jail(process: SliceProcess) -> None:
    if "seccomp" not in process.jail:
        pytest.skip("this kernel has no system call filter")
    load(process, BUSY, ["1"])
    runner = threading.Thread(target=process.run_chunk, args=(0, 0, 1, 0))
    runner.start()
    tasks = Path(f"/proc/{process.pid}/task")
    filters: list[str] = []
    while runner.is_alive() and len(filters) < 3:
        statuses = [(task / "status").read_text() for task in tasks.iterdir()]
        filters = [line for text in statuses for line in text.splitlines() if "Seccomp:" in line]
    runner.join()
    assert len(filters) >= 3
    assert set(filters) == {"Seccomp:\t2"}


def test_a_child_of_webassembly_does_not_load_v8() -> None:
    process = SliceProcess.start(LIMITS, "wasm")
    maps = Path(f"/proc/{process.pid}/maps").read_text()
    process.kill()
    assert "mini_racer" not in maps
    assert "wasmtime" in maps


def test_a_child_of_javascript_does_not_load_the_webassembly_engine(process: SliceProcess) -> None:
    maps = Path(f"/proc/{process.pid}/maps").read_text()
    assert "mini_racer" in maps
    assert "wasmtime" not in maps


def test_two_processes_give_the_same_bytes(
    process: SliceProcess, own_process: SliceProcess
) -> None:
    source = """async (x) => {
      progress();
      console.log(Math.random(), Date.now(), new Date());
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 1_000));
      if (x % 5 === 0) throw new Error('five ' + crypto.randomUUID());
      if (x === 7) { const a = []; while (true) a.push(new Array(1e5).fill(a)); }
      return [x, Math.random(), performance.now(), crypto.getRandomValues(new Uint8Array(9)),
        Object.keys({ b: 1, a: 2, [Math.random()]: 3 }), new Set([Math.random()])];
    }"""
    data = [str(i) for i in range(30)]
    load(process, source, data, seed=b"job")
    load(own_process, source, data, seed=b"job")
    whole = process.run_chunk(0, 0, 30, 0)
    again = own_process.run_chunk(0, 0, 30, 0)
    assert whole.tape == again.tape
    parts = [own_process.run_chunk(0, at, at + 10, 0).tape for at in (0, 10, 20)]
    assert b"".join(parts) == whole.tape


def test_randomness_differs_between_slices_and_between_jobs(process: SliceProcess) -> None:
    source = "() => Math.random()"
    first = [value_of(record) for record in run(process, source, ["1"] * 50, seed=b"a")]
    second = [value_of(record) for record in run(process, source, ["1"] * 50, seed=b"b")]
    later = run(process, source, ["1"], seed=b"a", first_slice=50)
    assert len({*map(str, first), *map(str, second)}) == 100
    assert value_of(later[0]) == first[49]
    assert all(isinstance(value, float) and 0 <= value < 1 for value in first)


def test_no_state_goes_from_chunk_to_chunk(process: SliceProcess) -> None:
    load(
        process,
        "(x) => { globalThis.count = (globalThis.count ?? 0) + 1; return count; }",
        ["1"] * 4,
    )
    tapes = [process.run_chunk(0, start, start + 2, 0).tape for start in (0, 2, 0)]
    assert tapes[0] == tapes[1] == tapes[2]


def test_a_kill_cancels_a_running_chunk_at_once(own_process: SliceProcess) -> None:
    load(own_process, "() => { while (true) progress(); }")
    began = threading.Event()
    seen: list[tuple[float, BaseException]] = []

    def work() -> None:
        began.set()
        try:
            own_process.run_chunk(0, 0, 1, 0)
        except ChildLost as err:
            seen.append((time.monotonic(), err))

    thread = threading.Thread(target=work)
    thread.start()
    began.wait()
    killed_at = time.monotonic()
    own_process.kill()
    thread.join()
    assert seen[0][0] - killed_at < 0.2
    assert not own_process.is_alive
    own_process.kill()


def test_a_kill_while_a_child_is_replaced_leaves_none(own_process: SliceProcess) -> None:
    load(own_process, "() => { while (true); }", ["1"] * 500, progress_ms_max=1)
    first = own_process.pid
    lost: list[ChildLost] = []

    def work() -> None:
        try:
            own_process.run_chunk(0, 0, 500, 0)
        except ChildLost as err:
            lost.append(err)

    thread = threading.Thread(target=work)
    thread.start()
    while own_process.pid == first:
        thread.join(0.01)
    own_process.kill()
    thread.join()
    assert str(lost[0]) == "the child was killed"
    assert not own_process.is_alive
    with pytest.raises(ProcessLookupError):
        os.kill(own_process.pid, 0)


def end_during_a_slice(process: SliceProcess, number: signal.Signals) -> list[str]:
    """Run a busy slice between two quick ones, end its child, and tell what became of them."""
    load(process, f"(x) => x === 2 ? ({BUSY})() : x", ["1", "2", "3"])
    pid = process.pid
    outcome = []
    thread = threading.Thread(target=lambda: outcome.append(process.run_chunk(0, 0, 3, 0)))
    thread.start()
    cpu = Path(f"/proc/{pid}/stat")
    start = int(cpu.read_text().split()[13])
    while int(cpu.read_text().split()[13]) < start + 15:  # ticks of 10 ms
        thread.join(0.005)
    os.kill(pid, number)
    thread.join()
    assert process.pid != pid
    return [record.error.code if record.error else "" for record in records_of(outcome[0])]


def test_a_crash_is_the_fate_of_its_slice_alone(own_process: SliceProcess) -> None:
    assert end_during_a_slice(own_process, signal.SIGSEGV) == ["", "ESANDBOX", ""]
    assert evaluate(own_process, "1 + 1") == 2


def test_a_slice_whose_child_somebody_killed_is_tried_once_more(own_process: SliceProcess) -> None:
    assert end_during_a_slice(own_process, signal.SIGKILL) == ["", "", ""]


def test_a_child_that_died_between_two_chunks_is_replaced(own_process: SliceProcess) -> None:
    load(own_process, "(x) => x", ["1", "2"])
    os.kill(own_process.pid, signal.SIGKILL)
    records = records_of(own_process.run_chunk(0, 0, 2, 0))
    assert [value_of(record) for record in records] == [1, 2]


def test_a_paused_process_goes_on_where_it_was(own_process: SliceProcess) -> None:
    load(own_process, BUSY, ["1"], progress_ms_max=5_000)
    outcome = []
    thread = threading.Thread(target=lambda: outcome.append(own_process.run_chunk(0, 0, 1, 0)))
    thread.start()
    own_process.pause()
    thread.join(0.3)
    assert thread.is_alive()
    own_process.resume()
    thread.join()
    assert records_of(outcome[0])[0].error is None


def test_many_slices_are_quick(process: SliceProcess) -> None:
    data = [str(i) for i in range(3_000)]
    load(process, "(x) => { progress(); return x; }", data, must_progress=True)
    outcome = process.run_chunk(0, 0, len(data), 0)
    assert [value_of(record) for record in records_of(outcome)] == list(range(3_000))
    assert outcome.wall_us < 30_000_000, "3,000 slices take about a second"
