"""A program's own modules are found beside it."""

from pathlib import Path

from meshnode.node.program_files import find_modules


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_modules_are_found_through_the_imports_of_others(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "a.mojo": "from pkg import b\nfrom std.math import sqrt\n",
            "pkg/__init__.mojo": "from .inner import (\n    c,\n)\n",
            "pkg/b.mojo": "import pkg.deep\n",
            "pkg/inner.mojo": "",
            "pkg/deep.mojo": "from a import x\n",
            "pkg/unused.mojo": "",
        },
    )

    found = find_modules(tmp_path / "main.mojo", "from a import x\nimport missing\n", ())

    assert [module.name for module in found] == ["a", "pkg", "pkg.b", "pkg.deep", "pkg.inner"]


def test_further_folders_are_searched_after_the_programs_own(tmp_path: Path) -> None:
    write(tmp_path, {"own/m.mojo": "own", "lib/m.mojo": "lib", "lib/n.mojo": "lib"})

    found = find_modules(tmp_path / "own" / "main.mojo", "import m, n\n", (tmp_path / "lib",))

    assert [(module.name, module.text) for module in found] == [("m", "own"), ("n", "lib")]
