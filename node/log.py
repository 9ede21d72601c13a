"""Structured logs: one line an event, `time level logger key=value …`, on stderr.

Ids are shortened to 8 hex digits by the callers.
"""

import logging

FORMAT = "%(asctime)s.%(msecs)03dZ %(levelname)s %(name)s %(message)s"


def configure_logging(*, is_verbose: bool) -> None:
    """Send the daemon's logs to stderr: INFO and above, or DEBUG of our own loggers when verbose."""
    logging.basicConfig(
        level=logging.WARNING, format=FORMAT, datefmt="%Y-%m-%dT%H:%M:%S", force=True
    )
    logging.getLogger("meshnode").setLevel(logging.DEBUG if is_verbose else logging.INFO)
