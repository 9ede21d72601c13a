"""Limits of the node: every queue, wait and message at the edge has one here."""

JOBS_RUNNING_MAX = 4
"""Programs that run at home at the same time; each has a process of its own."""

JOBS_QUEUED_MAX = 10_000
"""Jobs taken and not ended; more are refused rather than lost."""

JOBS_LISTED_MAX = 200
"""Rows of `meshnode jobs`."""

EVENTS_HEARTBEAT_S = 5.0
"""Longest silence of an event stream; a client takes four missed ones for a dead daemon."""

REQUEST_BODY_BYTES_MAX = 16 << 20
"""A program's source with its arguments, as JSON."""

HOME_MEMORY_BYTES = 2 << 30
"""Memory of a home module; untouched pages cost nothing."""

SLICE_MEMORY_BYTES_MIN = 64 << 20
"""Memory of a slice module with small captures."""

PROGRESS_EVERY_MS = 200
"""A person sees no more than five steps of a bar in a second."""
