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

HELLO_TIMEOUT_MS = 10_000
"""A peer that does not introduce itself within this is asked again later."""

HELLO_EVERY_S = 60.0
"""A hello is repeated so often: benchmark, ledger head and addresses change."""

LINK_RETRY_S = 0.2
LINK_RETRY_S_MAX = 10.0
"""Wait before opening a work stream again; doubled up to the maximum."""

SENT_TOGETHER_BYTES = 64 << 10
"""Messages that wait for one peer are sent in pieces of about this size: a frame by itself costs a millisecond."""

LINK_QUEUE_MAX = 1024
"""Messages waiting for one peer; a machine repeats what is dropped beyond that."""

RUNS_LOADED_MAX = 16
"""Runs whose module and captures a worker keeps in memory; an evicted one is fetched again."""

OFFERS_WAITING_MAX = 256
"""Offers that wait to be believed; gossip repeats what is dropped."""

STRANGERS_MET_AT_ONCE = 8
MEET_TIMEOUT_MS = 3_000
"""Requesters that are dialled because of an offer: invented ones must not keep real ones waiting for long."""

SYNC_TIMEOUT_MS = 5_000
SYNC_EVERY_S = 15.0
"""Gossip is lossy: each peer is asked so often what offers it has open."""

ROUTER_QUEUE_MAX = 1024
"""Peers whose hello waits to be noted, or that are to be asked for their offers."""

HELLO_NOTED_EVERY_MS = 5_000
"""What a peer shows of its ledger is stored so often at most: it costs a synced write."""

SYNCS_AT_ONCE = 4
"""Newcomers that are asked for their offers at the same time; a mute one holds up a quarter of them for 5 s."""

LINK_REOPENED_EVERY_MS = 500
"""A peer that opens work streams faster is refused; an honest one waits longer each time."""

LOG_LINES_PER_MINUTE = 600
LOG_LINES_PER_PEER_AND_MINUTE = 30
LOG_PEERS_KNOWN_MAX = 4096
"""Of one kind: what peers do may be logged as often as they do it, and must not fill the disk."""

LOAD_S_MAX = 60.0
"""Compiling a module and taking its captures: 16 MB and 1 GB take about ten seconds; Pyodide, without an image, 20."""

SLICE_WALL_MS_MAX = 600_000
"""Wall time of one chunk; its operation budget ends it long before on an honest machine."""

WORKER_NICE = 10
"""Others' slices yield to everything that the owner does."""

LEDGER_DUE_EVERY_S = 5.0
"""Vouchers fall due by the day; looking so often is plenty."""

PEER_EVENTS_WAITING_MAX = 1024
"""Peers' messages that wait for one machine, most of some hundred bytes, none of more than 256 KB."""

EVENTS_DROPPED_LOG_MS = 60_000
"""A flood of messages is told once a minute."""

WORKER_RESTART_S = 1.0
WORKER_RESTART_S_MAX = 60.0
"""Wait before a failed worker machine starts again from its store; doubled while it goes on failing."""

RESULTS_FORGOTTEN_EVERY_S = 30.0
"""Results and tapes of ended jobs are dropped so often, once their leases are settled."""

STATUS_WAIT_S = 0.05
"""`status` answers within a tenth of a second; a disk that is busy for longer is not waited for."""

FETCH_TRIES_MAX = 3
"""A requester that is connected and does not give its module so often is taken at its word."""

FETCH_RETRY_S = 0.5
"""Wait between tries, and while the requester is away: a restart takes a few seconds."""

FINALS_TOGETHER_MAX = 64
"""Final chunks that are read from the store in one go: their tapes are in memory together."""
