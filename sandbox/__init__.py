"""The sandbox: runs slices, or a program's `main`, of any WASM module, bounded and metered.

It runs them in child processes. It knows nothing of peers or money, has no sockets, tasks or
logs, and its API blocks: the node calls it from threads.
"""

from meshnode.sandbox.errors import ChildLost, ModuleRefused, SandboxError
from meshnode.sandbox.home_process import HomeProcess
from meshnode.sandbox.limits import (
    MEMORY_BYTES_MAX,
    MODULE_BYTES_MAX,
    OPERATIONS_MAX,
    OUTPUT_BYTES_MAX,
)
from meshnode.sandbox.outcome import (
    ArgsAsked,
    ChunkOutcome,
    Closed,
    Distribute,
    Exited,
    HomeCall,
    LoadOutcome,
    NextAsked,
    Printed,
    TimeAsked,
)
from meshnode.sandbox.prepare import prepare_module
from meshnode.sandbox.profile import (
    ChildLimits,
    SandboxProfile,
    home_profile,
    runs_profile,
    slice_profile,
)
from meshnode.sandbox.slice_process import SliceProcess

__all__ = [
    "MEMORY_BYTES_MAX",
    "MODULE_BYTES_MAX",
    "OPERATIONS_MAX",
    "OUTPUT_BYTES_MAX",
    "ArgsAsked",
    "ChildLimits",
    "ChildLost",
    "ChunkOutcome",
    "Closed",
    "Distribute",
    "Exited",
    "HomeCall",
    "HomeProcess",
    "LoadOutcome",
    "ModuleRefused",
    "NextAsked",
    "Printed",
    "SandboxError",
    "SandboxProfile",
    "SliceProcess",
    "TimeAsked",
    "home_profile",
    "prepare_module",
    "runs_profile",
    "slice_profile",
]
