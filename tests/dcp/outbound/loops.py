"""Loops of real programs, as a home program asks for them: what is shipped to DCP in the tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.compiler.front_end import prelude

from meshnode.compiler import Program
from meshnode.compiler.pipeline import compile_program
from meshnode.node.limits import HOME_MEMORY_BYTES
from meshnode.node.loop_runs import LoopRequest
from meshnode.node.options import RunOptions
from meshnode.sandbox import (
    ArgsAsked,
    ChildLimits,
    Distribute,
    Exited,
    HomeProcess,
    TimeAsked,
    home_profile,
)

KERNELS = Path(__file__).parents[3] / "examples" / "kernels"


def compile_kernel(name: str) -> Program:
    """Compile one of the examples."""
    source = (KERNELS / f"{name}.mojo").read_text(encoding="utf-8")
    return compile_program(source, f"{name}.mojo", prelude())


def first_loop(program: Program, options: RunOptions = RunOptions()) -> LoopRequest | None:  # noqa: B008  frozen
    """Run a program up to the first loop that it would distribute; None if it has none."""
    with _home(program) as home:
        while True:
            match home.receive():
                case Distribute(loop=loop, count=count, captures=captures):
                    return LoopRequest(
                        job="job",
                        ordinal=0,
                        program=program,
                        arguments=("kernel.mojo",),
                        loop=loop,
                        iterations=count,
                        captures=captures,
                        options=options,
                    )
                case ArgsAsked():
                    home.reply_args(["kernel.mojo"])
                case TimeAsked():
                    home.reply_time(0)
                case Exited():
                    return None
                case _:
                    pass


@contextmanager
def _home(program: Program) -> Iterator[HomeProcess]:
    home = HomeProcess.start(ChildLimits(nice=0))
    try:
        home.run(program.home, home_profile(HOME_MEMORY_BYTES))
        yield home
    finally:
        home.kill()
