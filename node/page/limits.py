"""Limits of the page: each has a name, a unit and a reason."""

from typing import Final

SOURCE_BYTES_MAX: Final = 1 << 20
"""A program that somebody pastes, in UTF-8; a larger one is for `meshnode run`."""

BODY_BYTES_MAX: Final = 8 << 20
"""A request as JSON: a source in which every character is escaped, and its arguments."""

ARGUMENTS_MAX: Final = 256
"""Arguments of a program."""

NAME_CHARACTERS_MAX: Final = 100
"""A program's name: it stands in diagnostics and as argument 0."""

QUORUM_MAX: Final = 8
"""As `meshnode run --verify` has it."""

COMPILATIONS_WAITING_MAX: Final = 4
"""The one compile process serves the jobs too; a page that asks faster is told to wait."""

STREAMS_MAX: Final = 16
"""Event streams at once; a browser holds six connections to one host."""

WATCH_EVERY_MS: Final = 250
"""A person sees four pictures in a second as movement."""

WATCH_SHARE: Final = 10
"""Looking takes a tenth of the store's time at most: after each look, nine times its length is waited."""

CHUNKS_WATCHED_MAX: Final = 4_000
"""Chunks of a run that is shown chunk by chunk (reading two replicas of each takes a tenth of a second); a larger run
shows its progress in numbers.
"""

RUNS_WATCHED_MAX: Final = 8
"""Loop runs of one job that are looked at together, and shown once more at its end."""
