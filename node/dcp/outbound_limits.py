"""Limits of loops that are shipped to DCP; each with its unit and reason."""

from typing import Final

CAPTURES_BYTES_MAX: Final = 16 << 20
"""Sent as one argument of DCP's job, as text that is up to six times as long; schedulers take some tens of MB."""
LINE_BYTES_MAX: Final = 48 << 20
"""One line between us and the Node process: the longest tape (32 MB) in base 64."""
STDERR_KEPT_BYTES: Final = 4 << 10
"""Of what the Node process says on stderr the end is kept."""
TOLD_CHARS_MAX: Final = 300
"""Of a text that comes from DCP, in a message or a log line."""
END_S: Final = 8.0
"""The Node process may take so long to cancel its job and end; then it is killed."""
AHEAD_PER_CORE: Final = 4
"""Chunks in work ahead of the replay, for each own core: their tapes are in memory."""
