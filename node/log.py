"""Structured logs: one line an event, `time level logger key=value …`, on stderr.

Ids are shortened to 8 hex digits by the callers.
"""

import logging

from meshnode.node.limits import LOG_LINES_PER_MINUTE

FORMAT = "%(asctime)s.%(msecs)03dZ %(levelname)s %(name)s %(message)s"

_MINUTE_S = 60.0


class LineLimit(logging.Filter):
    """Lets each place in the code log LOG_LINES_PER_MINUTE, and says with the next line how many were kept back."""

    def __init__(self) -> None:
        super().__init__()
        self._places: dict[tuple[str, int], tuple[float, int]] = {}
        """When each place's minute began, and its lines since; as many as there are log calls."""

    def filter(self, record: logging.LogRecord) -> bool:
        """See `logging.Filter`."""
        place = (record.pathname, record.lineno)
        began_s, count = self._places.get(place, (record.created, 0))
        if record.created - began_s >= _MINUTE_S:
            if count > LOG_LINES_PER_MINUTE:
                record.msg = f"{record.msg} lines_kept_back={count - LOG_LINES_PER_MINUTE}"
            began_s, count = record.created, 0
        self._places[place] = (began_s, count + 1)
        return count < LOG_LINES_PER_MINUTE


def configure_logging(*, is_verbose: bool) -> None:
    """Send the daemon's logs to stderr: INFO and above, or DEBUG of our own loggers when verbose."""
    logging.basicConfig(
        level=logging.WARNING, format=FORMAT, datefmt="%Y-%m-%dT%H:%M:%S", force=True
    )
    logging.getLogger("meshnode").setLevel(logging.DEBUG if is_verbose else logging.INFO)
    if not is_verbose:
        for handler in logging.getLogger().handlers:
            handler.addFilter(LineLimit())
