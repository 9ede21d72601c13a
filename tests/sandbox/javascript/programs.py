"""JavaScript programs for tests, and what became of their slices."""

import json
from collections.abc import Sequence
from typing import TypedDict, Unpack

from meshnode.sandbox import (
    ChunkOutcome,
    JavaScriptProfile,
    JavaScriptProgram,
    SliceError,
    SliceProcess,
    SliceRecord,
    decode_records,
    encode_data,
    encode_program,
)

PROFILE = JavaScriptProfile(memory_bytes=128 << 20, slice_operations=1_000)


class Settings(TypedDict, total=False):
    """What a test may set of a program."""

    arguments: tuple[str, ...]
    modules: tuple[tuple[str, str], ...]
    require_path: tuple[str, ...]
    dependencies: tuple[str, ...]
    public: str
    is_strict: bool
    seed: bytes
    first_slice: int
    progress_ms_max: int
    slice_ms_max: int
    must_progress: bool


def kvin(what: str) -> str:
    """Give the KVIN text of a prepared value, itself given as JSON."""
    return f'{{"_serializeVerId":"v9","what":{what}}}'


def value_of(record: SliceRecord) -> object:
    """Give a record's prepared value as JSON has it."""
    assert record.error is None, record.error
    assert record.value is not None
    text = json.loads(record.value)
    assert text["_serializeVerId"] == "v9"
    value: object = text["what"]
    return value


def error_of(record: SliceRecord) -> SliceError:
    """Give a failed record's error."""
    assert record.value is None
    assert record.error is not None
    return record.error


def load(
    process: SliceProcess,
    source: str,
    data: Sequence[str] = ("1",),
    profile: JavaScriptProfile = PROFILE,
    **settings: Unpack[Settings],
) -> None:
    """Load a program whose work function is `source`; data are prepared values as JSON."""
    settings.setdefault("must_progress", False)
    program = JavaScriptProgram(
        worktime="map-basic",
        work_function=source,
        **{"arguments": (), **settings},  # type: ignore[arg-type]  # a dict of checked settings
    )
    process.load(encode_program(program), encode_data([kvin(datum) for datum in data]), profile)


def run(
    process: SliceProcess,
    source: str,
    data: Sequence[str] = ("1",),
    profile: JavaScriptProfile = PROFILE,
    **settings: Unpack[Settings],
) -> tuple[SliceRecord, ...]:
    """Load a program, run all its slices as one chunk, and give their records."""
    load(process, source, data, profile, **settings)
    return records_of(process.run_chunk(0, 0, len(data), 0))


def evaluate(process: SliceProcess, expression: str) -> object:
    """Run one slice that gives an expression's value."""
    return value_of(run(process, f"() => ({expression})")[0])


def records_of(outcome: ChunkOutcome) -> tuple[SliceRecord, ...]:
    """Decode a chunk's tape."""
    records = decode_records(outcome.tape, outcome.iterations_done)
    assert records is not None
    assert len(records) == outcome.iterations_done
    return records
