"""Runs a kernel once in one of its forms, and tells its processor time; prints nothing."""

import dataclasses
import os
import subprocess
import time
from functools import cache
from pathlib import Path

import wasmtime
from tests.bench.waits import processor_s

from meshnode.compiler.library import Prelude
from meshnode.compiler.pipeline import compile_program
from meshnode.node.prelude_cache import load_prelude
from meshnode.protocol.wasm_binary import PAGE_BYTES, Limits
from meshnode.sandbox import (
    ArgsAsked,
    ChildLimits,
    Distribute,
    Exited,
    HomeProcess,
    Printed,
    home_profile,
)
from meshnode.sandbox.engine import Instance, new_engine
from meshnode.sandbox.module_format import encode_module, parse_module

KERNELS = ("mandelbrot", "nbody", "matmul", "collatz", "sieve", "sinsum")
FOLDERS = (Path("examples/kernels"), Path("tests/bench/programs"))
PROGRAMS = {
    path.stem: path
    for path in (
        *(FOLDERS[0] / f"{name}.mojo" for name in KERNELS),
        *sorted(FOLDERS[1].glob("*.mojo")),
    )
}
"""The six kernels, and further programs of many kinds, by name."""
MEMORY_BYTES = 512 << 20
AT_HOME = -1
"""What `mesh.distribute` returns for a loop that is to run where it stands."""


@cache
def _prelude() -> Prelude:
    return load_prelude()


def compile_home(name: str) -> bytes:
    """Compile a program's home module."""
    path = PROGRAMS[name]
    return compile_program(path.read_text(), path.name, _prelude()).home


def metered_seconds(home: bytes, name: str) -> float:
    """Run in the sandbox, without distribution; check the output."""
    process = HomeProcess.start(ChildLimits(nice=0))
    try:
        process.run(home, home_profile(MEMORY_BYTES))
        began_s = processor_s(process.pid)
        printed = b""
        while not isinstance(call := process.receive(), Exited):
            match call:
                case Printed(_, text):
                    printed += text
                case Distribute():
                    process.reply_run(AT_HOME)
                case ArgsAsked():
                    process.reply_args([name])
                case _:
                    raise AssertionError(call)
        seconds = processor_s(process.pid) - began_s
    finally:
        process.kill()
    assert call.trap is None, call
    if name != "sinsum":  # its last digits may differ
        assert printed == PROGRAMS[name].with_suffix(".out").read_bytes(), printed
    return seconds


class _Ended(Exception):  # noqa: N818 (control flow)
    """The program called `mesh.exit`."""


def unmetered_seconds(home: bytes) -> float:
    """Run the compiler's bytes in this process, without the sandbox's rewrite."""
    pages = MEMORY_BYTES // PAGE_BYTES
    module = encode_module(dataclasses.replace(parse_module(home), memory=Limits(pages, pages)))
    engine = new_engine()
    compiled = wasmtime.Module(engine, module)

    def nothing(*_: int) -> int | None:
        return None

    def at_home(*_: int) -> int | None:
        return AT_HOME

    def end(*_: int) -> int | None:
        raise _Ended

    functions = dict.fromkeys(("print", "close"), nothing) | {"exit": end}
    instance = Instance(engine, compiled, {**functions, "distribute": at_home, "next": end,
                                           "args": end, "time": end})  # fmt: skip
    began_ns = time.process_time_ns()
    instance.call("mesh_main")
    return (time.process_time_ns() - began_ns) / 1e9


def build_native(mojo: str, source: Path, program: Path) -> None:
    """Compile with `mojo build` and its defaults."""
    environment = {**os.environ, "MODULAR_TELEMETRY_ENABLED": "0"}
    command = [mojo, "build", str(source), "-o", str(program)]
    subprocess.run(command, check=True, env=environment)


def native_seconds(program: Path) -> float:
    """Run what `mojo build` made, its start (about 5 ms) included."""
    with subprocess.Popen([str(program)], stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = status
    assert status == 0
    return usage.ru_utime + usage.ru_stime
