from pathlib import Path

from meshnode.compiler.pipeline import compile_program
from meshnode.compiler.program import Program
from meshnode.node.prelude_cache import PreludeCache

HELLO = 'def main():\n    print("hello")\n'
VERSION = "0123456789abcdef0"


def compiled(cache: PreludeCache) -> Program:
    prelude = cache.load()
    program = compile_program(HELLO, "hello.mojo", prelude)
    cache.keep(prelude)
    return program


def test_kept_code_is_used_again(tmp_path: Path) -> None:
    program = compiled(PreludeCache(tmp_path, VERSION))
    (units,) = tmp_path.glob("units-*")
    written = units.stat().st_mtime_ns

    assert compiled(PreludeCache(tmp_path, VERSION)) == program
    assert units.stat().st_mtime_ns == written


def test_damaged_files_are_made_again(tmp_path: Path) -> None:
    program = compiled(PreludeCache(tmp_path, VERSION))
    for file in tmp_path.iterdir():
        file.write_bytes(file.read_bytes()[:-1])

    assert compiled(PreludeCache(tmp_path, VERSION)) == program


def test_files_of_old_versions_go(tmp_path: Path) -> None:
    for version in "abc":
        (tmp_path / f"units-{version}").touch()

    compiled(PreludeCache(tmp_path, VERSION))

    assert len(list(tmp_path.glob("units-*"))) == 2
    assert (tmp_path / f"units-{VERSION[:16]}").exists()
