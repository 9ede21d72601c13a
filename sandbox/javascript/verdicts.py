"""The records of slices that did not end by themselves: fixed texts, so that replicas agree."""

from meshnode.sandbox.javascript.format import SliceError, SliceRecord


def _failed(code: str, name: str, message: str) -> SliceRecord:
    return SliceRecord(None, SliceError(code, name, message, ""))


ENDED = _failed("ESANDBOX", "SandboxError", "the sandbox ended: out of memory, or it crashed")
"""V8 can run out of memory in several ways, some of which look like a crash: one text for all."""
BROKEN = _failed("ESANDBOX", "SandboxError", "the work function broke its sandbox")
OUTPUT_TOO_LONG = _failed("ESANDBOX", "SandboxError", "output too long")
NOT_RUN = _failed("ENOTRUN", "NotRunError", "the slice was left out; run it in another chunk")
NO_DATUM = _failed("ESANDBOX", "SandboxError", "the slice has no datum")
NEVER_PROGRESSED = _failed(
    "ENOPROGRESS", "NoProgressError", "Sandbox never emitted a progress event."
)


def silent(progress_ms_max: int) -> SliceRecord:
    """Give the record of a slice that did not call `progress` for too long."""
    return _failed(
        "ENOPROGRESS",
        "NoProgressError",
        f"No progress event was received in the last {progress_ms_max / 1000:g} seconds.",
    )


def too_slow(slice_ms_max: int) -> SliceRecord:
    """Give the record of a slice that took too long."""
    return _failed(
        "ESLICETOOSLOW",
        "SliceTooSlowError",
        f"Slice took longer than {slice_ms_max / 1000:g} seconds.",
    )
