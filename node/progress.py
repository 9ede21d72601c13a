"""The progress bar of `meshnode run`, on stderr and only when that is a terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from meshnode.node.control_client import JsonObject


@contextmanager
def progress_display() -> Iterator[Callable[[JsonObject], None]]:
    """Yield a function that takes progress events; it draws nothing unless stderr is a terminal."""
    if not sys.stderr.isatty():
        yield lambda _event: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TaskID,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("loop at line {task.fields[line]}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(
            "chunks · {task.fields[peers]} peers · {task.fields[rate]} Gop/s · {task.fields[cost]} µcr"
        ),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks: dict[object, TaskID] = {}

        def draw(event: JsonObject) -> None:
            run = event.get("run")
            if run not in tasks:
                tasks[run] = bar.add_task(
                    "",
                    total=_number(event.get("chunks")),
                    line=event.get("line"),
                    peers=0,
                    rate="",
                    cost=0,
                )
            bar.update(
                tasks[run],
                completed=_number(event.get("chunks_done")),
                peers=event.get("peers", 0),
                rate=f"{_number(event.get('operations_per_s')) / 1e9:.2f}",
                cost=event.get("cost", 0),
            )

        yield draw


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
