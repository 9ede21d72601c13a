"""What the daemon tells of itself over the control API: status, peers, ledger. Reads only."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from meshnode.ledger import Ledger, accounts
from meshnode.ledger.statement import Balance
from meshnode.node.config import Config
from meshnode.node.control_client import JsonObject
from meshnode.node.idle import Contribution
from meshnode.node.job_store import JobStore
from meshnode.node.keys import NodeKeys
from meshnode.node.limits import STATUS_WAIT_S
from meshnode.node.links import Links, Peer
from meshnode.node.mesh_store import MeshStore
from meshnode.node.network.peer_id import peer_id_text
from meshnode.node.network.port import Network
from meshnode.node.slice_pool import SlicePool
from meshnode.node.store_thread import StoreThread
from meshnode.protocol.limits import ESTABLISHED_CHECKS
from meshnode.protocol.values import IdentityId

BooksRead = tuple[Balance, int]
"""The own balance, and how many jobs are unfinished."""


class Books:
    """What the stores say, for a status that must not wait: while the disk is busy an old answer is given."""

    def __init__(self) -> None:
        self._reading: asyncio.Task[BooksRead] | None = None
        self._last: BooksRead | None = None

    async def read(self, parts: "StatusParts") -> tuple[BooksRead, bool]:
        """Return balance and unfinished jobs, and whether they are as of now."""
        if self._reading is None:
            self._reading = asyncio.create_task(parts.thread.call(lambda: _read_books(parts)))
        reading = self._reading
        await asyncio.wait({reading}, timeout=None if self._last is None else STATUS_WAIT_S)
        is_fresh = reading.done()
        if is_fresh:
            self._last, self._reading = reading.result(), None
        assert self._last is not None
        return self._last, is_fresh


def _read_books(parts: "StatusParts") -> BooksRead:
    return parts.ledger.balance(accounts.SELF), len(parts.jobs.unfinished_jobs())


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusParts:
    """What is looked at."""

    keys: NodeKeys
    config: Config
    network: Network
    links: Links
    ledger: Ledger
    thread: StoreThread
    jobs: JobStore
    worker_pool: SlicePool
    mesh_store: MeshStore
    contribution: Callable[[], Contribution]
    pid: int
    books: Books = field(default_factory=Books)


async def status_json(parts: StatusParts) -> JsonObject:
    """Answer GET /status."""
    (balance, unfinished), is_fresh = await parts.books.read(parts)
    now = parts.contribution()
    return {
        "pid": parts.pid,
        "peer_id": peer_id_text(parts.keys.working.key),
        "identity": parts.keys.identity.hex(),
        "addresses": list(parts.network.addresses()),
        "peers": len(parts.links.peers()),
        "is_network_up": parts.network.is_healthy,
        "contribute": parts.config.contribute,
        "may_work": now.may_work,
        "reason": now.reason,
        "cores": parts.config.cores,
        "slices_running": parts.worker_pool.running,
        "jobs_unfinished": unfinished,
        "is_disk_busy": not is_fresh,
        "balance": balance.settled_credits,
        "held": balance.held_credits,
    }


async def peers_json(parts: StatusParts) -> JsonObject:
    """Answer GET /peers."""
    shunned = await parts.thread.call(parts.mesh_store.shunned)
    established = await parts.thread.call(
        lambda: parts.mesh_store.checked_workers(ESTABLISHED_CHECKS)
    )

    def standing(identity: IdentityId) -> str:
        if identity in shunned:
            return "shunned"
        if identity in parts.config.trusted:
            return "trusted"
        return "established" if identity in established else "stranger"

    def shown(peer: Peer) -> JsonObject:
        return {
            "peer_id": peer_id_text(peer.key),
            "identity": peer.identity.hex(),
            "software": peer.hello.software,
            "cores": peer.hello.cores,
            "operations_per_s": peer.hello.operations_per_s,
            "standing": standing(peer.identity),
        }

    return {"peers": [shown(peer) for peer in parts.links.peers()]}


async def ledger_json(parts: StatusParts) -> JsonObject:
    """Answer GET /ledger."""

    def read() -> JsonObject:
        own = parts.ledger.balance(accounts.SELF)
        return {
            "balance": own.settled_credits,
            "held": own.held_credits,
            "balances": [
                {
                    "account": b.account,
                    "balance": b.settled_credits,
                    "held": b.held_credits,
                    "unit": _unit(b.account),
                }
                for b in parts.ledger.balances()
            ],
            "entries": [
                {
                    "seq": f"{row.incarnation}:{row.sequence}",
                    "time": _time(row.time_ms),
                    "kind": row.kind,
                    "account": _short(row.account),
                    "lease": "" if row.lease is None else row.lease.hex()[:16],
                    "amount": row.amount,
                    "unit": _unit(row.account),
                }
                for row in parts.ledger.statement()
            ],
        }

    return await parts.thread.call(read)


def _short(account: accounts.Account | None) -> str:
    family, _, name = (account or "").partition(":")
    return f"{family}:{name[:16]}" if name else family


def _unit(account: accounts.Account | None) -> str:
    """Name the currency of an account: what was spent at DCP is never mixed with credits."""
    return "DCC" if account is not None and accounts.is_dcc(account) else "cr"


def _time(time_ms: int) -> str:
    return datetime.fromtimestamp(time_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
