"""The sandbox: runs slices, or a program's `main`, of any WASM module, bounded and metered.

It also runs slices of JavaScript programs, bounded and quoted. All run in child processes. It
knows nothing of peers or money, has no sockets, tasks or logs, and its API blocks: the node calls
it from threads.
"""

from meshnode.sandbox.errors import ChildLost, ModuleRefused, SandboxError
from meshnode.sandbox.home_process import HomeProcess
from meshnode.sandbox.javascript.format import (
    ENDINGS_MAX,
    EVENT_BYTES_MAX,
    EVENTS_MAX,
    SLICES_MAX,
    JavaScriptProgram,
    SliceError,
    SliceEvent,
    SliceRecord,
    decode_data,
    decode_program,
    decode_records,
    encode_data,
    encode_program,
    encode_record,
)
from meshnode.sandbox.limits import (
    MEMORY_BYTES_MAX,
    MODULE_BYTES_MAX,
    OPERATIONS_MAX,
    OUTPUT_BYTES_MAX,
    PROGRESS_MS_MAX,
    SLICE_MS_MAX,
)
from meshnode.sandbox.line_costs import LineCost, LineMap
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
    JavaScriptProfile,
    SandboxProfile,
    SliceKind,
    home_profile,
    runs_profile,
    slice_profile,
)
from meshnode.sandbox.slice_process import SliceProcess

__all__ = [
    "ENDINGS_MAX",
    "EVENTS_MAX",
    "EVENT_BYTES_MAX",
    "MEMORY_BYTES_MAX",
    "MODULE_BYTES_MAX",
    "OPERATIONS_MAX",
    "OUTPUT_BYTES_MAX",
    "PROGRESS_MS_MAX",
    "SLICES_MAX",
    "SLICE_MS_MAX",
    "ArgsAsked",
    "ChildLimits",
    "ChildLost",
    "ChunkOutcome",
    "Closed",
    "Distribute",
    "Exited",
    "HomeCall",
    "HomeProcess",
    "JavaScriptProfile",
    "JavaScriptProgram",
    "LineCost",
    "LineMap",
    "LoadOutcome",
    "ModuleRefused",
    "NextAsked",
    "Printed",
    "SandboxError",
    "SandboxProfile",
    "SliceError",
    "SliceEvent",
    "SliceKind",
    "SliceProcess",
    "SliceRecord",
    "TimeAsked",
    "decode_data",
    "decode_program",
    "decode_records",
    "encode_data",
    "encode_program",
    "encode_record",
    "home_profile",
    "prepare_module",
    "runs_profile",
    "slice_profile",
]
