"""How a module is to be run: the numbers that every replica of a chunk must share.

Profile 1 fixes the x86-64 architecture: the bits of a NaN that arithmetic makes differ between
architectures, and making them canonical in any foreign module would cost up to 1.9x. Modules of
our own compiler make them canonical where bits can be seen; a later profile may demand a proof of
that and leave the architecture open. Profile 2 is JavaScript in V8, on the same architecture.
"""

import platform
from dataclasses import dataclass
from typing import Literal

from meshnode.sandbox import limits

ModuleKind = Literal["slice", "home"]
"""Which half of a program a module is: they have different imports and exports."""
SliceKind = Literal["wasm", "javascript"]
"""What a slice process runs: modules of the slice ABI, or JavaScript programs."""

_X86_64 = ("x86_64", "AMD64")
PROFILE_ARCHITECTURES = {1: _X86_64, 2: _X86_64, 3: _X86_64}
"""Machine names (as `platform.machine` gives them) on which a profile may be run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxProfile:
    """What `prepare_module` builds into a module, and the bounds of its runs."""

    memory_bytes: int
    """Minimum and maximum of the memory; whole pages of 64 KiB."""
    operations_max: int
    """Budget of `mesh_load`, and of a home program; each chunk is given its own."""
    depth_max: int = limits.SLICE_DEPTH_MAX
    """Units of call depth: a call of a recursive function costs one, more if it has many locals."""
    output_bytes_max: int = limits.OUTPUT_BYTES_MAX
    """A chunk with a longer tape traps."""

    def __post_init__(self) -> None:
        assert 0 < self.memory_bytes <= limits.MEMORY_BYTES_MAX
        assert self.memory_bytes % 65_536 == 0
        assert 0 < self.operations_max <= limits.OPERATIONS_MAX
        assert 0 < self.depth_max < 1 << 30
        assert 0 < self.output_bytes_max <= limits.MEMORY_BYTES_MAX


@dataclass(frozen=True, slots=True, kw_only=True)
class JavaScriptProfile:
    """The bounds of a JavaScript run; V8 is not metered, so a slice has a price instead."""

    memory_bytes: int
    """Of a slice's heap. With buffers and WebAssembly memories, and what V8 itself needs, it may be
    a quarter more and 64 MiB.
    """
    slice_operations: int
    """Quoted price of one slice, whatever it does."""
    output_bytes_max: int = limits.OUTPUT_BYTES_MAX
    """A slice whose record would make the chunk's tape longer fails."""

    def __post_init__(self) -> None:
        assert 0 < self.memory_bytes <= limits.MEMORY_BYTES_MAX
        assert 0 <= self.slice_operations <= limits.OPERATIONS_MAX
        assert 0 < self.output_bytes_max <= limits.MEMORY_BYTES_MAX


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildLimits:
    """How a child process is bounded; replicas need not share it."""

    wall_ms_max: int = 600_000
    """A call that takes longer kills the child (`ChildLost`); time in which it is stopped is free."""
    nice: int = 10
    """Added to the nice level."""


def slice_profile(memory_bytes: int, operations_max: int) -> SandboxProfile:
    """Give profile 1 of a run.

    Memory and chunk budget stand in its descriptor, the number fixes the rest.
    """
    return SandboxProfile(memory_bytes=memory_bytes, operations_max=operations_max)


def home_profile(memory_bytes: int) -> SandboxProfile:
    """Give the profile of a program's `main` at home: metered, but without a practical budget."""
    return SandboxProfile(
        memory_bytes=memory_bytes,
        operations_max=limits.OPERATIONS_MAX,
        depth_max=limits.HOME_DEPTH_MAX,
    )


def runs_profile(profile_number: int) -> bool:
    """Tell whether this machine may run chunks under the numbered profile."""
    return platform.machine() in PROFILE_ARCHITECTURES.get(profile_number, ())
