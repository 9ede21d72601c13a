"""Every bound of the protocol, with its reason; it holds numbers only."""

from typing import Final

KIB: Final = 1024
MIB: Final = 1024 * KIB

# Wire: the largest payload a stream may carry, checked before a byte of it is read.
GOSSIP_BYTES_MAX: Final = 4 * KIB
"""An offer is about 500 bytes; a gossiped message travels to everybody, so it stays small."""
HELLO_BYTES_MAX: Final = 64 * KIB
WORK_BYTES_MAX: Final = 256 * KIB
"""An inline tape (64 KiB) with its fields, or a receipt; far below what could hurt."""
BLOB_PIECE_BYTES: Final = MIB
"""Pieces of a blob; also the largest that is moved without an acknowledgement."""
BLOB_BYTES_MAX: Final = 1024 * MIB
"""A module or a capture larger than this is refused.

No slice memory holds it (wasm32, 4 GiB with its copy).
"""
BLOB_PIECES_MAX: Final = BLOB_BYTES_MAX // BLOB_PIECE_BYTES
BLOB_MESSAGE_BYTES_MAX: Final = BLOB_PIECE_BYTES + 4 * KIB
SYNC_BYTES_MAX: Final = 512 * KIB
LEDGER_BYTES_MAX: Final = MIB

# Fields
TEXT_BYTES_MAX: Final = 512
ADDRESSES_MAX: Final = 32
TAPE_INLINE_BYTES_MAX: Final = 64 * KIB
"""Larger tapes travel as blobs, so that a work stream never blocks behind one."""
SYNC_OFFERS_MAX: Final = 256
INT_MAX: Final = 2**63 - 1

# Grid
CHUNKS_MAX: Final = 1_000_000
"""Chunks of one run: a day of 100 ms chunks; the requester keeps some hundred bytes for each."""
CHUNK_TARGET_MS: Final = 250
"""Work in a chunk at home.

Small enough to stream, split and audit, large enough for an overhead under 1 %.
"""
LEASE_CHUNKS_MAX: Final = 4096
"""Chunks of one lease: bounds the leaves a worker may have to prove and a requester to keep."""
LEASE_TARGET_MS: Final = 20_000
"""A lease is not meant to last longer.

Rates are measured afresh, and a vanished worker holds no more.
"""

LEASE_MS_MIN: Final = 60_000
"""A lease lasts at least so long.

Rates are guesses at first, and stalls are noticed earlier anyway.
"""

LEASE_MS_MAX: Final = 24 * 3600 * 1000
"""A worker keeps nothing for longer than a day."""
HOLD_FACTOR: Final = 4
"""Credit for a chunk of a lease, beside the estimate of its operations."""

# Flushes
FLUSH_CHUNKS_MAX: Final = 64
FLUSH_INTERVAL_MS: Final = 250
RETRY_MS: Final = 1_000
"""An unanswered grant, flush, shrink or receipt is sent again after this.

Doubled up to `RETRY_MS_MAX`.
"""
RETRY_MS_MAX: Final = 16_000
TICK_MS: Final = 125
"""The machines' own timer: half a flush interval, so that a flush is at most that late."""
HELD_INTERVAL_MS: Final = 1_000
"""A worker states the leases it holds this often; it is also its sign of life."""

# The requester
SILENCE_MS: Final = 5_000
"""A worker not heard for this long loses its leases: five of its statements are missing."""
LOST_GRACE_MS: Final = 2_000
"""After a lost connection a worker may come back for this long before its leases end."""
STALL_MS_MIN: Final = 3_000
"""No lease ends for lack of progress before this, once the worker's speed is measured."""
STALL_UNMEASURED_MS: Final = 15_000
"""A first chunk waits for module, captures and compilation as well."""
STALL_FACTOR: Final = 6
"""A worker that needs so many times its expected time for one chunk has stalled."""
LEASES_OPEN_MAX: Final = 1024
"""Leases of one run that are open at once; more bidders wait."""
BIDDERS_MAX: Final = 512
LEASES_PER_WORKER_MAX: Final = 64
HOME_CHECK_ONE_IN: Final = 20
"""Of the chunks on which only strangers agree, this share is checked at home (trust: 1.2)."""
HOME_ATTEMPTS_MAX: Final = 3
"""A chunk whose run at home dies (not: traps) so often fails the run."""
ESTABLISHED_CHECKS: Final = 20
"""Agreements with home after which a worker is no stranger to this requester any more."""
OFFER_INTERVAL_MS: Final = 1_000
OFFER_INTERVAL_MS_MAX: Final = 30_000
OFFER_LASTS_MS: Final = 120_000
RECEIPT_PATIENCE_MS: Final = 24 * 3600 * 1000
"""After this a voucher is due by time, and no receipt is asked for any more."""

# The worker
OFFERS_KNOWN_MAX: Final = 1024
OFFERS_PER_REQUESTER_MAX: Final = 16
"""A requester's fork bomb of offers drops its own older offers, and nobody else's."""
WORKER_LEASES_MAX: Final = 256
"""Leases a worker holds at once, waiting ones too."""
FLUSHES_UNCOVERED_STRANGER_MAX: Final = 1
"""A stranger's exposure window: so many flushes may wait for their voucher while work goes on."""
FLUSHES_UNCOVERED_TRUSTED_MAX: Final = 8
RESULTS_KEPT_MS: Final = 600_000
"""Results of a lease that no voucher covers are dropped so long after the lease's deadline."""
GRANTS_WAITING_PER_CORE: Final = 2
"""Leases a worker takes on beyond those it runs; requesters keep one waiting for each."""
SLOW_FACTOR: Final = 50
"""A chunk that takes so many times what the benchmark says is not worth its price."""
SLOW_MS_MIN: Final = 5_000
"""Shorter chunks are not judged by speed: a busy machine would be."""
FORGOTTEN_LEASES_MAX: Final = 4096
"""Ended leases remembered, against late copies of their grants; the ledger remembers all."""
CHUNK_ATTEMPTS_MAX: Final = 2
"""A chunk that kills the sandbox so often is given back with its lease."""
