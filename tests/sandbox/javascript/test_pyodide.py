"""Python work functions, in a V8 context with Pyodide; MESHNODE_PYODIDE names its files."""

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from tests.sandbox.javascript.programs import kvin

from meshnode.sandbox import JavaScriptProfile, JavaScriptProgram, SliceRecord
from meshnode.sandbox.javascript import scripts
from meshnode.sandbox.javascript.context import _records
from meshnode.sandbox.javascript.isolate import Answer, Isolate
from meshnode.sandbox.javascript.program import LoadedProgram
from meshnode.sandbox.javascript.pyodide_runtime import _TEMPLATE, PyodideRuntime
from meshnode.sandbox.javascript.worktimes import Worktime

DIRECTORY = os.environ.get("MESHNODE_PYODIDE")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (DIRECTORY and Path(DIRECTORY, "pyodide.js").is_file()),
        reason="MESHNODE_PYODIDE names no directory with Pyodide",
    ),
]

PROFILE = JavaScriptProfile(memory_bytes=256 << 20, slice_operations=1)
NO_ARGUMENTS = (kvin("1"),)
HANDLER = "\nimport dcp\ndcp.set_slice_handler(work)\n"
SPOILED = "~"


@pytest.fixture(scope="module")
def runtime() -> PyodideRuntime:
    assert DIRECTORY is not None
    runtime = PyodideRuntime(Path(DIRECTORY))
    runtime.prepare()
    return runtime


def answers(
    runtime: PyodideRuntime,
    source: str,
    data: Sequence[str],
    arguments: tuple[str, ...] = NO_ARGUMENTS,
) -> list[str]:
    """Run slices in one context; give what it tells of each."""
    program = JavaScriptProgram(
        worktime="pyodide", work_function=source + HANDLER, arguments=arguments, seed=b"seed"
    )
    loaded = LoadedProgram(program, Worktime("pyodide.js"), tuple(data), PROFILE)
    isolate = Isolate(PROFILE.memory_bytes)
    texts: list[str] = []

    def turns() -> Iterator[str]:
        yield runtime._boot()
        yield from runtime.scripts(isolate, _TEMPLATE)
        yield scripts.Scripts()._kvin
        yield f"{_TEMPLATE}.open({scripts._settings(loaded)}); ''"
        batch = [(datum, loaded.seeds(at)) for at, datum in enumerate(loaded.data)]
        yield f"{_TEMPLATE}.take({json.dumps(batch)}); ''"
        while len(texts) < len(data):
            yield f"{_TEMPLATE}.step()"

    script = turns()

    def answered(answer: Answer) -> str | None:
        if answer.text:
            texts.append(answer.text)
        return next(script, None)

    isolate.run(next(script), answered)
    isolate.wait(None)
    isolate.close()
    return texts


def records(
    runtime: PyodideRuntime,
    source: str,
    data: Sequence[str] = (kvin("1"),),
    arguments: tuple[str, ...] = NO_ARGUMENTS,
) -> list[SliceRecord]:
    """Run slices in one context; give their records."""
    return [
        _records.decode(text.removeprefix(SPOILED))
        for text in answers(runtime, source, data, arguments)
    ]


def value(runtime: PyodideRuntime, source: str) -> object:
    """Give the prepared value of a single slice."""
    [record] = records(runtime, source)
    assert record.error is None, record.error
    assert record.value is not None
    return json.loads(record.value)["what"]


def test_a_handler_takes_the_datum_and_gives_the_value(runtime: PyodideRuntime) -> None:
    source = "def work(datum):\n    dcp.progress()\n    return datum * 2"
    made = records(runtime, source, [kvin("4"), kvin("0.25"), kvin('{"raw":"ab"}')])
    assert [record.value for record in made] == [kvin("8"), kvin("0.5"), kvin('{"raw":"abab"}')]


def test_numpy_computes(runtime: PyodideRuntime) -> None:
    source = (
        "import numpy as np\n"
        "def work(datum):\n    dcp.progress()\n"
        "    return float(np.linalg.det(np.diag([2.0, 3.0]))) + float(np.fft.fft([1, 2])[0].real)"
    )
    assert value(runtime, source) == 9


def test_what_python_raises_is_the_slices_error(runtime: PyodideRuntime) -> None:
    [record] = records(runtime, "def work(datum):\n    return 1 / 0")
    assert record.error is not None
    assert record.error.name == "PythonError"
    assert record.error.message.endswith("ZeroDivisionError: division by zero\n")
    assert record.error.stack == ""


def test_work_that_never_calls_progress_fails(runtime: PyodideRuntime) -> None:
    assert answers(runtime, "def work(datum):\n    return 1", [kvin("1")]) == ["!never"]


def test_what_is_printed_is_told_with_its_slice(runtime: PyodideRuntime) -> None:
    source = "def work(datum):\n    dcp.progress()\n    print('datum', datum, end='')"
    made = records(runtime, source, [kvin("1"), kvin("2")])
    told = [[(event.name, event.payload) for event in record.events] for record in made]
    assert told == [
        [("log", kvin('{"arr":["datum 1"]}'))],
        [("log", kvin('{"arr":["datum 2"]}'))],
    ]


RANDOM = (
    "import os, random, time, uuid\nimport numpy as np\n"
    "def work(datum):\n    dcp.progress()\n"
    "    return [random.random(), np.random.rand(), np.random.default_rng().random(),"
    " os.urandom(4), str(uuid.uuid4()), time.time(), hash('text')]"
)


def test_randomness_and_clock_are_those_of_the_slice(runtime: PyodideRuntime) -> None:
    first, second = records(runtime, RANDOM, [kvin("1"), kvin("1")])
    assert first != second
    assert [first, second] == records(runtime, RANDOM, [kvin("1"), kvin("1")])


def test_the_image_is_a_function_of_the_files(runtime: PyodideRuntime) -> None:
    assert DIRECTORY is not None
    other = PyodideRuntime(Path(DIRECTORY))
    other._image = None
    assert other.prepare() == runtime.prepare()


def test_a_new_context_knows_nothing_of_an_old_one(runtime: PyodideRuntime) -> None:
    source = (
        "import os, sys\n"
        "def work(datum):\n    dcp.progress()\n"
        "    seen = hasattr(sys, 'mark') or os.path.exists('/tmp/mark')\n"
        "    sys.mark = 1\n    open('/tmp/mark', 'w').close()\n    return seen"
    )
    assert value(runtime, source) == {"raw": False}
    assert value(runtime, source) == {"raw": False}


def test_environment_and_arguments_reach_the_program(runtime: PyodideRuntime) -> None:
    source = "import os, sys\ndef work(datum):\n    dcp.progress()\n"
    source += "    return [sys.argv[1:], os.environ['A'], os.environ['B']]"
    arguments = tuple(
        kvin(what) for what in ("4", '{"raw":"env"}', '{"raw":"A=1=2"}', '{"raw":"B="}', "7")
    )
    [record] = records(runtime, source, arguments=arguments)
    assert record.value == kvin('{"arr":[{"arr":[7]},"1=2",""]}')


def test_a_package_that_is_not_there_is_named(runtime: PyodideRuntime) -> None:
    [record] = records(runtime, "import pandas\ndef work(datum):\n    return 1")
    assert record.error is not None
    assert "imports pandas, which is not there" in record.error.message


def test_there_is_no_world_outside(runtime: PyodideRuntime) -> None:
    source = (
        "import os, socket, subprocess\n"
        "def attempt(work, *arguments):\n"
        "    try:\n        return str(work(*arguments))\n"
        "    except OSError:\n        return 'refused'\n"
        "def work(datum):\n    dcp.progress()\n"
        "    return [attempt(socket.create_connection, ('127.0.0.1', 80)),"
        " attempt(subprocess.run, ['ls']), attempt(open, '/etc/passwd'), sorted(os.listdir('/'))]"
    )
    assert value(runtime, source) == {
        "arr": ["refused", {"lst": 2}, {"arr": ["dev", "home", "lib", "proc", "tmp"]}]
    }


def test_the_end_of_the_interpreter_ends_the_context(runtime: PyodideRuntime) -> None:
    [text] = answers(runtime, "import os\ndef work(datum):\n    os.abort()", [kvin("1")])
    assert text.startswith(SPOILED)
    assert "The Python interpreter has ended" in text


def test_a_coroutine_is_awaited_on_the_virtual_clock(runtime: PyodideRuntime) -> None:
    source = "import asyncio\nasync def work(datum):\n    dcp.progress()\n"
    source += "    await asyncio.sleep(20)\n    return 5"
    assert value(runtime, source) == 5
