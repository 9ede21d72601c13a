"""The scripts that make a V8 context a place for work functions: files beside this one."""

import secrets
from pathlib import Path

import msgspec

from meshnode.sandbox.javascript.format import EVENT_BYTES_MAX, EVENTS_MAX
from meshnode.sandbox.javascript.program import LoadedProgram
from meshnode.sandbox.javascript.worktimes import WORKTIMES

_PARTS = (
    "environment.js",
    "web.js",
    "url.js",
    "pristine.js",
    "modules.js",
    "slice.js",
)
"""Expressions `(mesh) => …`; each adds to `mesh`, which no work function can reach."""
_DIRECTORY = Path(__file__).parent


class Scripts:
    """The files' texts, read once: behind the jail no file can be opened."""

    def __init__(self) -> None:
        self._parts = [_read(name) for name in _PARTS]
        # A function of its own, and no part of the others: it evaluates names that data contain.
        self._kvin = f"(function () {{\n{_read('kvin.js')}\n}})(); ''"
        self._worktimes = {name: _read(worktime.script) for name, worktime in WORKTIMES.items()}

    def boot(self, program: LoadedProgram) -> "Boot":
        """Give the scripts that start a context for a program."""
        # A work function cannot guess it; it is no property of the global object either.
        name = f"mesh_{secrets.token_hex(16)}"
        parts = ",\n".join([*self._parts, self._worktimes[program.program.worktime]])
        return Boot(
            name,
            (
                f"const {name} = ((...parts) => {{ const mesh = {{ __proto__: null }};"
                f" for (const part of parts) part(mesh); return mesh; }})(\n{parts}\n);"
                f" {name}.beat\n//# sourceURL=meshnode",
                f"{self._kvin}\n//# sourceURL=meshnode",
                f"{name}.open({_settings(program)}); ''",
            ),
        )


class Boot(msgspec.Struct, frozen=True):
    """A context's scripts, in their order."""

    name: str
    """Of the constant that holds the context's `mesh`."""
    scripts: tuple[str, ...]


def _settings(loaded: LoadedProgram) -> str:
    program = loaded.program
    return msgspec.json.encode(
        {
            "source": program.work_function,
            "arguments": program.arguments,
            "modules": program.modules,
            "requirePath": program.require_path,
            "modulePath": program.module_path,
            "dependencies": program.dependencies,
            "publicText": program.public,
            "isStrict": program.is_strict,
            "mustProgress": program.must_progress,
            "progressMs": program.progress_ms_max,
            "sliceMs": program.slice_ms_max,
            "eventsMax": EVENTS_MAX,
            "eventCharsMax": EVENT_BYTES_MAX,
            "outputCharsMax": loaded.profile.output_bytes_max,
            "seeds": loaded.seeds(-1),
        }
    ).decode()


def _read(name: str) -> str:
    return (_DIRECTORY / name).read_text(encoding="utf-8")
