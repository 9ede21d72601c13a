"""A program as a child holds it, and what is checked before any of it runs."""

import hashlib
import struct
from dataclasses import dataclass

from meshnode.sandbox import limits
from meshnode.sandbox.errors import ModuleRefused
from meshnode.sandbox.javascript.format import (
    SLICES_MAX,
    JavaScriptProgram,
    decode_data,
    decode_program,
)
from meshnode.sandbox.javascript.worktimes import Worktime, find_worktime
from meshnode.sandbox.profile import JavaScriptProfile


@dataclass(frozen=True, slots=True)
class LoadedProgram:
    """A program that may be run."""

    program: JavaScriptProgram
    worktime: Worktime
    data: tuple[str, ...]
    """KVIN text of each slice's datum."""
    profile: JavaScriptProfile

    def seeds(self, iteration: int) -> tuple[int, ...]:
        """Give the four 32-bit seeds of a slice; iteration -1 stands for what runs before all."""
        number = iteration + self.program.first_slice if iteration >= 0 else 0
        digest = hashlib.sha256(
            b"meshnode/slice\0" + number.to_bytes(8, "little", signed=True) + self.program.seed
        )
        return struct.unpack("<4I", digest.digest()[:16])


def load_program(module: bytes, captures: bytes, profile: JavaScriptProfile) -> LoadedProgram:
    """Decode and check a program with its data. Raises ModuleRefused."""
    _refuse_above("the program", len(module), limits.MODULE_BYTES_MAX, "bytes")
    _refuse_above("the data", len(captures), limits.CAPTURES_BYTES_MAX, "bytes")
    program = decode_program(module)
    worktime = find_worktime(program.worktime)
    _refuse_above("the module list", len(program.modules), limits.PROGRAM_MODULES_MAX, "modules")
    _refuse_above("progress_ms_max", program.progress_ms_max, limits.PROGRESS_MS_MAX, "ms")
    _refuse_above("slice_ms_max", program.slice_ms_max, limits.SLICE_MS_MAX, "ms")
    if min(program.progress_ms_max, program.slice_ms_max) <= 0:
        raise ModuleRefused("a slice needs time")
    if profile.memory_bytes < limits.JAVASCRIPT_MEMORY_BYTES_MIN:
        raise ModuleRefused(
            f"JavaScript needs {limits.JAVASCRIPT_MEMORY_BYTES_MIN} bytes of memory at least"
        )
    data = decode_data(captures)
    _refuse_above("the data", len(data), SLICES_MAX, "slices")
    return LoadedProgram(program, worktime, data, profile)


def _refuse_above(what: str, value: int, value_max: int, unit: str) -> None:
    if value > value_max:
        raise ModuleRefused(f"{what}: {value} {unit} are more than {value_max}")
