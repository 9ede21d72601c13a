"""libp2p's log, made quiet: warnings and errors only, one line each, and each of its places once a minute.

A peer can make libp2p say things at ERROR as often as it likes, six lines each, so they cannot be let through.
"""

import logging

from meshnode.node.network import limits
from meshnode.node.network.clock import now_ms

logger = logging.getLogger(__name__)

_LINE_CHARACTERS_MAX = 200


class _QuietHandler(logging.Handler):
    """Passes the first line of a record on to our own log, at DEBUG: what matters to an operator we say ourselves."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._said_ms: dict[tuple[str, int], int] = {}

    def emit(self, record: logging.LogRecord) -> None:
        place = (record.pathname, record.lineno)  # a bounded set: libp2p has so many log calls
        at_ms = now_ms()
        said_ms = self._said_ms.get(place)
        if said_ms is not None and at_ms - said_ms < limits.REFUSAL_LOG_MS:
            return
        self._said_ms[place] = at_ms
        first_line = record.getMessage().partition("\n")[0][:_LINE_CHARACTERS_MAX]
        logger.debug(
            "event=libp2p_says logger=%s level=%s said=%r",
            record.name,
            record.levelname,
            first_line,
        )


def quiet_libp2p() -> None:
    """Replace libp2p's log handlers by a quiet one; safe to call again."""
    for chatty in ("multiaddr", "trio-websocket", "trio_websocket"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    library = logging.getLogger("libp2p")
    library.setLevel(logging.WARNING)
    library.propagate = False
    library.handlers[:] = [_QuietHandler()]
