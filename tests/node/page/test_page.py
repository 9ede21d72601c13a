"""What the page is for: a program compiled, explained, run and watched, through the page's own API."""

import asyncio
import base64
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.node.memory_node import honest_pool, memory_mesh
from tests.node.page.served_page import ServedPage, page_alone, page_of
from tests.node.test_mesh_in_memory import LyingPool

from meshnode.compiler.options import CompileOptions
from meshnode.node.compile_command import explain_file
from meshnode.node.control_client import JsonObject
from meshnode.node.page.files import read_files
from meshnode.node.page.limits import COMPILATIONS_WAITING_MAX
from meshnode.node.page.programs import PageBusy, ProgramAsked, Programs
from meshnode.node.program_files import ProgramFile

HELLO = 'def main():\n    print("hello")\n'
WRONG = "def main():\n    var x = 1\n    print(x + undefined_name)\n"
ENDLESS = "def main():\n    var n = 1\n    while n > 0:\n        n = n % 7 + 1\n    print(n)\n"
SQUARES = """def spin(seed: Int) -> Int:
    var x = seed
    for i in range(200000):
        x = (x * 1103515245 + 12345 + i) % 2147483648
    return x


def main():
    var total = 0
    for i in range(64):
        total += spin(i)
        if i % 16 == 15:
            print(i, total)
"""


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[ServedPage]:
    async with page_alone(tmp_path) as served:
        yield served


def printed(events: list[JsonObject], stream: str = "stdout") -> str:
    parts = [base64.b64decode(str(e["data"])) for e in events if e["event"] == stream]
    return b"".join(parts).decode()


async def run(page: ServedPage, source: str, **options: object) -> list[JsonObject]:
    """Run a program and return all its events."""
    status, answer = await page.tab.post("/api/jobs", {"source": source, "options": options})
    assert status == 200, answer
    return await page.tab.events(str(answer["job"]))


# Compile and explain


async def test_a_program_is_answered_with_the_javascript_that_compile_writes(
    page: ServedPage,
) -> None:
    status, answer = await page.tab.post("/api/compile", {"source": HELLO, "name": "hello.mojo"})

    assert (status, answer["is_compiled"], answer["diagnostics"]) == (200, True, [])
    written = await page.compiler.emit(HELLO, "hello.mojo", "js")
    assert str(answer["javascript"]).encode() == written
    assert int(str(answer["home_bytes"])) == len(
        await page.compiler.emit(HELLO, "hello.mojo", "wasm")
    )
    assert answer["slice_bytes"] == 0


async def test_a_wrong_program_is_answered_with_line_column_and_caret(page: ServedPage) -> None:
    status, answer = await page.tab.post("/api/compile", {"source": WRONG, "name": "wrong.mojo"})

    assert (status, answer["is_compiled"]) == (200, False)
    found = answer["diagnostics"]
    assert isinstance(found, list)
    assert (found[0]["span"]["line"], found[0]["span"]["column"]) == (3, 15)
    assert "wrong.mojo:3:15: error" in found[0]["text"]
    assert found[0]["text"].endswith("^~~~~~~~~~~~~~")


async def test_explain_is_the_report_of_the_command(page: ServedPage, tmp_path: Path) -> None:
    status, answer = await page.tab.post(
        "/api/explain", {"source": SQUARES, "name": "squares.mojo"}
    )

    reported = await asyncio.to_thread(
        explain_file,
        tmp_path / "cli",
        ProgramFile(Path("squares.mojo"), SQUARES, CompileOptions()),
    )
    assert status == 200
    assert answer == {"is_compiled": True} | reported


async def test_a_wrong_program_has_no_report(page: ServedPage) -> None:
    _, answer = await page.tab.post("/api/explain", {"source": WRONG})

    assert answer["is_compiled"] is False
    assert "loops" not in answer


async def test_a_busy_compiler_says_so(page: ServedPage) -> None:
    programs = Programs(page.compiler)
    asked = [ProgramAsked(source=f"{HELLO}# {n}\n") for n in range(COMPILATIONS_WAITING_MAX + 1)]

    answers = await asyncio.gather(
        *(programs.compiled(program) for program in asked), return_exceptions=True
    )

    assert [isinstance(answer, PageBusy) for answer in answers].count(True) == 1
    assert isinstance(answers[-1], PageBusy)


async def test_every_example_has_a_loop_for_the_mesh(page: ServedPage) -> None:
    for example in read_files().examples:
        asked = {"name": example.name, "source": example.source}
        _, answer = await page.tab.post("/api/explain", asked)
        assert answer["is_compiled"], answer
        loops = answer["loops"]
        assert isinstance(loops, list)
        assert "distributed" in {loop["verdict"] for loop in loops}


# Run


async def test_a_program_runs_and_its_output_is_its_own(page: ServedPage) -> None:
    events = await run(page, HELLO)

    assert printed(events) == "hello\n"
    assert (events[-1]["event"], events[-1]["state"], events[-1]["exit_code"]) == (
        "ended",
        "done",
        0,
    )


async def test_a_program_gets_its_arguments(page: ServedPage) -> None:
    source = "from std.sys import argv\n\n\ndef main():\n    for a in argv():\n        print(a)\n"
    asked = {"source": source, "name": "echo.mojo", "arguments": ["one", "zwei & drei"]}

    _, answer = await page.tab.post("/api/jobs", asked)

    events = await page.tab.events(str(answer["job"]))
    assert printed(events) == "echo.mojo\none\nzwei & drei\n"


async def test_a_job_can_be_cancelled(page: ServedPage) -> None:
    _, answer = await page.tab.post("/api/jobs", {"source": ENDLESS})
    job = str(answer["job"])
    following = asyncio.create_task(page.tab.events(job))

    status, _ = await page.tab.post(f"/api/jobs/{job}/cancel", {})

    assert status == 200
    assert (await following)[-1]["state"] == "cancelled"


async def test_an_unknown_job_is_told(page: ServedPage) -> None:
    response, text = await page.tab.get("/api/jobs/nothing/events")

    assert response.status == 409
    assert "there is no job" in text


async def test_the_node_tells_who_it_is_and_what_it_can_show(page: ServedPage) -> None:
    _, text = await page.tab.get("/api/node")

    assert '"can_watch": false' in text
    assert '"peers": []' in text


# Watch


async def test_chunks_are_seen_to_spread_over_peers(tmp_path: Path) -> None:
    async with (
        memory_mesh(tmp_path, [honest_pool, honest_pool]) as nodes,
        page_of(nodes[0]) as page,
    ):
        events = await run(page, SQUARES, home="never")

    told = [event for event in events if event["event"] == "chunks"]
    cells: dict[int, tuple[str, list[str], list[str]]] = {}
    seen: Counter[str] = Counter()
    for event in told:
        changed = event["cells"]
        assert isinstance(changed, list)
        for chunk, state, holders, reporters in changed:
            cells[chunk] = (state, holders, reporters)
            seen[state] += 1
    peers = {node.keys.identity.hex()[:16] for node in nodes[1:]}
    assert told[0]["is_whole"]
    assert set(cells) == set(range(int(str(told[0]["chunks"]))))
    assert {state for state, _, _ in cells.values()} == {"final"}
    assert {who for _, _, names in cells.values() for who in names} >= peers
    assert seen["leased"] + seen["reported"] > 0


async def test_the_last_picture_is_the_bill(tmp_path: Path) -> None:
    async with (
        memory_mesh(tmp_path, [honest_pool, honest_pool]) as nodes,
        page_of(nodes[0]) as page,
    ):
        events = await run(page, SQUARES, home="never")

    last = [event for event in events if event["event"] == "chunks"][-1]
    summary = events[-1]["summary"]
    assert isinstance(summary, dict)
    (loop_run,) = summary["loop_runs"]
    workers = last["workers"]
    assert isinstance(workers, list)
    assert last["run"] == loop_run["run"]
    assert {(w["who"], w["computed"], w["paid"]) for w in workers} == {
        (w["who"], w["chunks"], w["paid"]) for w in loop_run["workers"]
    }


async def test_a_liar_is_shown_as_wrong_and_not_paid(tmp_path: Path) -> None:
    pools = [honest_pool, honest_pool, LyingPool]
    async with memory_mesh(tmp_path, pools) as nodes, page_of(nodes[0]) as page:
        events = await run(page, SQUARES, home="never")

    last = [event for event in events if event["event"] == "chunks"][-1]
    workers = last["workers"]
    assert isinstance(workers, list)
    liar = nodes[3].keys.identity.hex()[:16]
    assert {(w["who"], w["paid"]) for w in workers if w["is_wrong"]} == {(liar, 0)}


async def test_without_a_watch_progress_is_told_in_numbers(tmp_path: Path) -> None:
    async with (
        memory_mesh(tmp_path, [honest_pool, honest_pool]) as nodes,
        page_of(nodes[0], can_watch=False) as page,
    ):
        events = await run(page, SQUARES, home="never")

    assert {str(event["event"]) for event in events} <= {"progress", "stdout", "heartbeat", "ended"}
    last = [event for event in events if event["event"] == "progress"][-1]
    assert last["chunks_done"] == last["chunks"]
