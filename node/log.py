"""Structured logs: one line an event, `time level logger key=value …`, on stderr.

Ids are shortened to 8 hex digits by the callers.
"""

import logging
from collections import OrderedDict

from meshnode.node.limits import (
    LOG_LINES_PER_MINUTE,
    LOG_LINES_PER_PEER_AND_MINUTE,
    LOG_PEERS_KNOWN_MAX,
)

FORMAT = "%(asctime)s.%(msecs)03dZ %(levelname)s %(name)s %(message)s"

_MINUTE_S = 60.0

Place = tuple[str, int, object]
"""File and line of a log call, and whom the line is about: its first argument, None for all of them together."""


class LineLimit(logging.Filter):
    """Lets each place in the code log so many lines a minute, and fewer about one peer, so that a flood fills no disk.

    The first line after a minute tells how many of its kind were kept back.
    """

    def __init__(self) -> None:
        super().__init__()
        self._counts: OrderedDict[Place, tuple[float, int]] = OrderedDict()
        """When each minute began, and the lines since."""

    def filter(self, record: logging.LogRecord) -> bool:
        """See `logging.Filter`."""
        whom = record.args[0] if isinstance(record.args, tuple) and record.args else ""
        about = self._count((record.pathname, record.lineno, str(whom)), record)
        if about >= LOG_LINES_PER_PEER_AND_MINUTE:
            return False
        return self._count((record.pathname, record.lineno, None), record) < LOG_LINES_PER_MINUTE

    def _count(self, place: Place, record: logging.LogRecord) -> int:
        """Tell how many lines this minute had before, and count one more."""
        began_s, count = self._counts.get(place, (record.created, 0))
        if record.created - began_s >= _MINUTE_S:
            limit = LOG_LINES_PER_MINUTE if place[2] is None else LOG_LINES_PER_PEER_AND_MINUTE
            if count > limit:
                record.msg = f"{record.msg} lines_kept_back={count - limit}"
            began_s, count = record.created, 0
        self._counts[place] = (began_s, count + 1)
        self._counts.move_to_end(place)
        while len(self._counts) > LOG_PEERS_KNOWN_MAX:
            self._counts.popitem(last=False)
        return count


def configure_logging(*, is_verbose: bool) -> None:
    """Send the daemon's logs to stderr: INFO and above, or DEBUG of our own loggers when verbose."""
    logging.basicConfig(
        level=logging.WARNING, format=FORMAT, datefmt="%Y-%m-%dT%H:%M:%S", force=True
    )
    logging.getLogger("meshnode").setLevel(logging.DEBUG if is_verbose else logging.INFO)
    if not is_verbose:
        for handler in logging.getLogger().handlers:
            handler.addFilter(LineLimit())
