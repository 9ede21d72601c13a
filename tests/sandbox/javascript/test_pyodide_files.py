"""The files that Python jobs need: what is missing, changed or old is not taken."""

import re
from pathlib import Path

import pytest

from meshnode.sandbox import ModuleRefused
from meshnode.sandbox.javascript.pyodide_files import (
    DIGESTS,
    PyodideMissing,
    read_pyodide_files,
)
from meshnode.sandbox.javascript.pyodide_image import (
    PyodideImage,
    image_key,
    read_image,
    write_image,
)
from meshnode.sandbox.javascript.pyodide_runtime import PyodideRuntime

FETCHER = Path(__file__).parents[2] / "dcp" / "fetch_pyodide.sh"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PyodideMissing, match=r"need pyodide\.js in"):
        read_pyodide_files(tmp_path)


def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    for name in DIGESTS:
        (tmp_path / name).write_text("not it")
    with pytest.raises(PyodideMissing, match="is not the file of Pyodide"):
        read_pyodide_files(tmp_path)


def test_without_a_directory_python_jobs_are_refused_with_the_reason() -> None:
    with pytest.raises(ModuleRefused, match="names no directory"):
        PyodideRuntime(None).prepare()


def test_a_wrong_directory_hurts_nobody_until_a_python_job_comes(tmp_path: Path) -> None:
    runtime = PyodideRuntime(tmp_path)
    with pytest.raises(ModuleRefused, match=r"need pyodide\.js"):
        runtime.prepare()


def test_an_image_is_read_as_it_was_written(tmp_path: Path) -> None:
    image = PyodideImage(image_key("scripts"), "[]", b"\0memory")
    write_image(tmp_path, image)
    assert read_image(tmp_path, image.key) == image
    assert len(list(tmp_path.iterdir())) == 1


def test_an_image_of_other_scripts_is_not_taken(tmp_path: Path) -> None:
    write_image(tmp_path, PyodideImage(image_key("old scripts"), "[]", b""))
    assert read_image(tmp_path, image_key("new scripts")) is None


def test_nonsense_is_no_image(tmp_path: Path) -> None:
    (tmp_path / "meshnode.image").write_bytes(b"\xc1nonsense")
    assert read_image(tmp_path, b"") is None


def test_the_fetching_script_gets_the_files_that_the_sandbox_takes() -> None:
    text = FETCHER.read_text()
    names = dict(re.findall(r"^(\w+)=(\S+\.whl)$", text, re.MULTILINE))
    digests = {
        names.get(name.removeprefix("$"), name): digest
        for digest, name in re.findall(r"^([0-9a-f]{64})  (\S+)$", text, re.MULTILINE)
    }
    assert digests == DIGESTS
