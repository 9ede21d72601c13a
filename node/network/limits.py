"""Every bound of the network, with its reason; it holds numbers only."""

from typing import Final

# What one peer may make this node do. A peer above a rate is refused, one above the bytes is slowed down.
REQUESTS_PER_SECOND: Final = 200
REQUESTS_BURST: Final = 400
"""A blob of 1 GB comes in 1,024 requests, at most some 30 a second; a bid or a sync is one."""
BYTES_PER_SECOND: Final = 64 * 1024 * 1024
BYTES_BURST: Final = 64 * 1024 * 1024
"""Twice of what one libp2p stream was seen to carry, so it slows nobody who is honest and alone."""
THROTTLE_MS_MAX: Final = 2_000
"""A peer so far over its bytes is refused instead of slowed down."""
STREAMS_INBOUND_PER_PEER_MAX: Final = 128
"""All protocols together, negotiation included; yamux itself would allow 256."""
PEERS_MAX: Final = 512
"""Connections at once: each costs 130-310 kB; also the bound of maps that are kept per peer."""

# Channels
CHANNEL_FRAMES_WAITING_MAX: Final = 64
CHANNEL_BYTES_WAITING_MAX: Final = 4 * 1024 * 1024
"""Frames received that nobody has read yet; beyond either the peer's sends wait."""

CHANNEL_FRAMES_PER_SECOND: Final = 1_000
CHANNEL_FRAMES_BURST: Final = 2_000
"""A frame costs about a millisecond of two threads; an honest work stream carries some ten a second."""

# Streams
STREAM_OPEN_MS: Final = 5_000
"""A stream that is not open by then counts as a time-out of its connection."""
STREAM_TIMEOUTS_MAX: Final = 2
"""So many in a row and the connection is taken for dead: it is closed, and dialled anew."""
CLOSE_MS: Final = 2_000
STOP_MS: Final = 5_000
PING_INTERVAL_MS: Final = 10_000
PING_MS: Final = 5_000

# Dialling
ADDRESSES_KNOWN_MAX: Final = 256
REDIAL_MS: Final = 500
REDIAL_MS_MAX: Final = 30_000
REDIALS_MAX: Final = 64
"""Half an hour; who is away for longer comes back by himself, or is met again through an offer of his."""
DIALS_AT_ONCE_MAX: Final = 8
"""A connection costs 45 ms of one core; they are dialled together, since each waits 250 ms for nothing."""

# Restarting the back end after a failure of its own
RESTART_MS: Final = 500
RESTART_MS_MAX: Final = 30_000

# Gossip
GOSSIP_PER_SECOND: Final = 10
GOSSIP_BURST: Final = 10
"""A burst over 32 is lost silently in libp2p's queues; a delivery costs 4-18 ms of one core in each node."""
GOSSIP_WAITING_MAX: Final = 256
GOSSIP_AUTHOR_PER_SECOND: Final = 20
GOSSIP_AUTHOR_BURST: Final = 60
"""Twice the honest rate, since messages bunch up on their way."""
GOSSIP_SEEN_MS: Final = 60_000
GOSSIP_SEEN_MAX: Final = 16_384
"""Contents remembered: at 100 messages a second, the most a core can bear, two minutes' worth."""
GOSSIP_DELIVERIES_WAITING_MAX: Final = 4_096
"""Messages on their way to the daemon's thread; more are lost, which gossip may be."""
GOSSIP_RPC_BYTES_MAX: Final = 256 * 1024
"""One parcel of libp2p's: messages, subscriptions and control; its default is 1 MiB."""
TOPICS_MAX: Final = 16

# Logs
REFUSAL_LOG_MS: Final = 60_000
REFUSALS_LOGGED_MAX: Final = 1_024

# Blobs
BLOB_PIECES_AT_ONCE: Final = 4
"""Pieces of one blob that are under way: hides the round trip, and holds at most 4 MB."""
BLOB_PIECE_MS: Final = 30_000
"""For one piece of 1 MB: 35 kB/s, below which a peer is no use."""
BLOB_MANIFESTS_MAX: Final = 64
"""Manifests of blobs that were served last, at most 32 KB each."""
BLOB_STORE_BYTES_MAX: Final = 4 * 1024 * 1024 * 1024
