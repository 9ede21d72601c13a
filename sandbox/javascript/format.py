"""What a JavaScript run is made of, and what its tape holds: frozen values and their MessagePack.

A JavaScript run takes the place of a WebAssembly one in the sandbox's calls: its *module* is a
`JavaScriptProgram`, its *captures* are the slices' input values, its iterations are slices, and the
tape of a chunk is one `SliceRecord` after the other. Values stay KVIN text (dcp.md 2.4) all the
way: only the isolate knows what they mean.
"""

from collections.abc import Sequence
from typing import Annotated

import msgspec

from meshnode.sandbox.errors import ModuleRefused

SLICES_MAX = 100_000
"""Slices of one run: the node divides larger jobs into several runs."""


class JavaScriptProgram(
    msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, kw_only=True
):
    """Everything that the slices of a run share."""

    worktime: str
    """`map-basic` (JavaScript) or `pyodide` (Python source)."""
    work_function: str
    """Source text of the function (map-basic) or of the program (pyodide)."""
    arguments: tuple[str, ...]
    """KVIN texts (v8 or v9) of the arguments behind the datum."""
    modules: tuple[tuple[str, str], ...] = ()
    """Names and BravoJS sources (`module.declare(...)`) of the modules that `require` finds."""
    require_path: tuple[str, ...] = ()
    module_path: tuple[str, ...] = ()
    dependencies: tuple[str, ...] = ()
    """Modules that are loaded before the work function runs."""
    public: str = "{}"
    """JSON of `work.job.public`: name, description, link."""
    is_strict: bool = False
    """`useStrict` of the job."""
    seed: Annotated[bytes, msgspec.Meta(max_length=64)] = b""
    """Randomness of the job; with the slice's number it seeds the slice."""
    first_slice: int = 1
    """DCP's number of iteration 0 (DCP counts from 1)."""
    progress_ms_max: int = 30_000
    """Longest time without a call of `progress()`: then the slice ends with ENOPROGRESS."""
    slice_ms_max: int = 300_000
    """Longest time of a slice: then it ends with ESLICETOOSLOW."""
    must_progress: bool = True
    """A slice that ends without having called `progress()` once fails with ENOPROGRESS (dcp.md 7.1)."""


class SliceError(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Why a slice gave no value."""

    code: str
    """ENOPROGRESS, ESLICETOOSLOW, EREJECTED (`work.reject`), ESANDBOX (out of memory, crash, output too long), ENOTRUN
    (left out: others of its chunk hung or crashed too often, or filled the tape; it says nothing about the slice), or
    empty for an error that the work function threw (then its own `code`, if it was a text).
    """
    name: str
    message: str
    stack: str


class SliceEvent(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Something that a slice told on its way."""

    kind: str
    """`console` or `custom`."""
    name: str
    """Console level (`log`, `warn`, …), or the event's name given to `work.emit`."""
    payload: str
    """JSON text. Of `console`: the marshalled KVIN (`{"_serializeVerId":"v9","what":…}`) of the list of arguments. Of
    `custom`: the emitted value itself, as `JSON.stringify` gives it (`null` where it gives nothing), as DCP sends it.
    """


class SliceRecord(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What one slice came to. Replicas must agree in every bit of it."""

    value: str | None
    """KVIN text (v9) of the returned value; None if the slice failed."""
    error: SliceError | None
    events: tuple[SliceEvent, ...] = ()
    """In the order in which they happened; cut off at EVENTS_MAX and EVENT_BYTES_MAX."""


ENDINGS_MAX = 2
"""Slices of one chunk that may hang or crash; with more it would take minutes, and its worker seem stalled."""
EVENTS_MAX = 1_000
"""Events of one slice that are kept."""
EVENT_BYTES_MAX = 1 << 20
"""Bytes of one slice's events together that are kept."""

_LENGTH_BYTES = 4
_encoder = msgspec.msgpack.Encoder()
_programs = msgspec.msgpack.Decoder(JavaScriptProgram)
_captures = msgspec.msgpack.Decoder(tuple[str, ...])
_records = msgspec.msgpack.Decoder(SliceRecord)


def encode_program(program: JavaScriptProgram) -> bytes:
    """Encode the module of a run."""
    return _encoder.encode(program)


def decode_program(module: bytes) -> JavaScriptProgram:
    """Decode a run's module. Raises ModuleRefused."""
    try:
        return _programs.decode(module)
    except (msgspec.DecodeError, ValueError) as err:
        raise ModuleRefused(f"the module is no JavaScript program: {err}") from err


def encode_data(data: Sequence[str]) -> bytes:
    """Encode the captures of a run: the KVIN text of each slice's datum."""
    return _encoder.encode(tuple(data))


def decode_data(captures: bytes) -> tuple[str, ...]:
    """Decode a run's captures. Raises ModuleRefused."""
    try:
        return _captures.decode(captures)
    except (msgspec.DecodeError, ValueError) as err:
        raise ModuleRefused(f"the captures are no slices' data: {err}") from err


def encode_record(record: SliceRecord) -> bytes:
    """Encode a slice's part of the tape: four bytes of length (little endian), then MessagePack."""
    payload = _encoder.encode(record)
    return len(payload).to_bytes(_LENGTH_BYTES, "little") + payload


def decode_records(tape: bytes, count_max: int) -> tuple[SliceRecord, ...] | None:
    """Decode a chunk's tape; None when it is none, for a peer may have made it."""
    records: list[SliceRecord] = []
    at = 0
    while at < len(tape):
        start = at + _LENGTH_BYTES
        at = start + int.from_bytes(tape[at:start], "little")
        if at > len(tape) or start > len(tape) or len(records) >= count_max:
            return None
        try:
            record = _records.decode(tape[start:at])
        except (msgspec.DecodeError, ValueError):
            return None
        if (record.value is None) == (record.error is None):
            return None
        records.append(record)
    return tuple(records)
