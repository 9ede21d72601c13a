"""What a person may choose for one run; it travels as JSON to the daemon and is stored with the job."""

from typing import Literal

import msgspec

HomeUse = Literal["auto", "never", "only"]


class RunOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Options of `meshnode run`."""

    quorum: int = 2
    """Identical results wanted for each chunk, 1 to 8 (`--verify quorum:k`)."""
    home: HomeUse = "auto"
    """May this machine's own cores compute chunks? `never` also overrides the cost model, `only` keeps all at home."""


class JobRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A program to run."""

    path: str
    """The file's name as the user gave it; it stands in diagnostics and in argument 0."""
    source: str
    arguments: tuple[str, ...] = ()
    options: RunOptions = RunOptions()
