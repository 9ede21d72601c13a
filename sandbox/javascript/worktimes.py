"""Which kinds of work function a child can run, and the scripts that run them."""

from collections.abc import Mapping
from dataclasses import dataclass

from meshnode.sandbox.errors import ModuleRefused


@dataclass(frozen=True, slots=True)
class Worktime:
    """One kind of work function (dcp.md 7)."""

    script: str
    """File beside this one: an expression `(mesh) => …` that sets `mesh.openWork(settings, args)`,
    which evaluates the source and returns what runs a slice.
    """


WORKTIMES: Mapping[str, Worktime] = {
    "map-basic": Worktime("map_basic.js"),
    "pyodide": Worktime("pyodide.js"),
}
"""By the name that a program gives."""
_REFUSED = {"pyodide": "Python jobs need the pyodide runtime, which this sandbox does not have"}
"""Known worktimes that cannot be run, and why."""


def find_worktime(name: str) -> Worktime:
    """Give the worktime of a program. Raises ModuleRefused."""
    worktime = WORKTIMES.get(name)
    if worktime is None:
        raise ModuleRefused(_REFUSED.get(name, f"the worktime {name!r} is not known here"))
    return worktime
