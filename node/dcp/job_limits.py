"""Limits of what DCP's clients and workers may ask of this node; each with its unit and reason."""

JOBS_UNFINISHED_MAX = 2_000
"""Jobs of all clients that are not ended; each has a task and its slices' numbers in memory."""
JOBS_PER_CLIENT_MAX = 500
"""Of one identity: a client that floods the gateway leaves room for the others."""
JOBS_KEPT_MS = 7 * 24 * 3600 * 1000
"""Results of ended jobs may be fetched so long."""
JOBS_LISTED_MAX = 1_000
"""Records in one answer of `listJobs`."""

BATCHES_AT_ONCE = 8
"""Runs on the mesh that are open for the gateway's jobs at the same time."""
BATCHES_PER_CLIENT = 4
"""Of one identity, so that no client has them all."""

SLICES_PER_JOB_MAX = 200_000
"""Also what a range may expand to: each slice is a row, and a number in memory until it is done."""
RANGE_VALUES_MAX = 4_000_000
"""Numbers in all values of a range together."""
DIMENSIONS_MAX = 64
"""Ranges in one range."""
SLICES_PER_BATCH_MAX = 20_000
"""Slices of one run on the mesh; it bounds what a restart computes again at home."""
BATCH_BYTES_MAX = 64 << 20
"""Input of one run: every worker fetches all of it."""
DATUM_BYTES_MAX = 32 << 20
"""One slice's input, as KVIN text."""
WORK_FUNCTION_BYTES_MAX = 8 << 20
ARGUMENTS_MAX = 255
ARGUMENTS_BYTES_MAX = 64 << 20
"""All arguments of a job together."""
TEXT_MAX = 4_096
"""Name, description, link and the like."""
GATHER_MS = 60
"""A job that is still being uploaded waits for more slices this long before a batch is cut."""

TRIES_MAX = 3
"""A slice that fails so often ends its job."""
ERRORS_MAX = 30
"""Failures in one job, of whatever slices, that end it (ETOOMANYERRORS)."""
PROBE_SLICES_MAX = 64
"""Slices that are run at home at most to learn what one costs."""
PROBE_US = 100_000
"""The probe ends after so much time."""
HOME_WORTH_US = 500_000
"""Less work than this is done at home, when the home may help: announcing it takes as long."""
CHUNK_TARGET_US = 300_000
"""Time of one chunk: long against its overhead, short enough to stream."""
CHUNKS_WANTED = 12
"""Chunks in a short batch: enough for a few workers with two replicas each."""
CHUNK_SLICES_MAX = 2_000
PYTHON_CHUNK_US = 3_000_000
"""Time of a chunk of Python slices: each starts an interpreter, in half a second or more."""
QUOTE_MIN = 1_000_000
"""Operations that a slice costs at least, a millisecond's: no hold is made for less than a micro-credit."""
MEMORY_BYTES = 512 << 20
"""Of one slice: V8's heap, array buffers and WebAssembly memories."""
EVENTS_PER_STEP = 512
"""Events that are queued before other sessions get their turn."""
STATUS_EVERY_S = 0.25
"""A job's status is told so often at most."""

JOB_BYTES_MAX = 4 << 30
CLIENT_BYTES_MAX = 8 << 30
"""Input and results of one job, and of all of a client's unfinished jobs: the disk holds the ledger, too."""

PACKAGES_MAX = 100
"""Of one client; the oldest are dropped."""
PACKAGE_BYTES_MAX = 16 << 20
"""Bundled modules of one job (`deployPackage`)."""

REMOTE_BYTES_MAX = 32 << 20
"""One remote work function, argument or datum."""
REMOTE_TIMEOUT_S = 30.0
REMOTE_AT_ONCE = 32
REMOTE_PER_CLIENT = 8
"""Remote values that are fetched at the same time, of all clients and of one."""
REMOTE_SLICES_PER_BATCH_MAX = 1_000
"""Slices of one run whose input lies elsewhere."""
JOB_IDLE_S = 2 * 3600.0
"""A job that is open, has nothing to compute and is watched by nobody ends after this: clients come back within it."""
