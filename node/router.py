"""Hands what peers say to the machine that it concerns, and what they show of their ledgers to ours."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import assert_never

from meshnode.ledger import Ledger
from meshnode.node.limits import HELLO_NOTED_EVERY_MS, ROUTER_QUEUE_MAX, SYNCS_AT_ONCE
from meshnode.node.links import Links, Peer
from meshnode.node.mesh_runs import MeshRuns
from meshnode.node.offers import Offers
from meshnode.node.store_thread import StoreThread
from meshnode.node.worker_driver import WorkerDriver
from meshnode.protocol import requester_events as r
from meshnode.protocol import worker_events as w
from meshnode.protocol.errors import MeshError
from meshnode.protocol.messages import (
    Bid,
    Cancel,
    ChunkDone,
    Decline,
    DeclineReason,
    Grant,
    LeasesHeld,
    LedgerHead,
    Offer,
    Ping,
    Pong,
    PrefixRoot,
    ReceiptAck,
    ReceiptOffer,
    Rejection,
    Shrink,
    ShrinkAck,
    Voucher,
    Withdraw,
    WorkMessage,
)
from meshnode.protocol.sealed import Sealed
from meshnode.protocol.wire import WireError, open_sealed

logger = logging.getLogger(__name__)


class Router:
    """Made before the parts that it joins, since they need its methods; `connect` completes it."""

    def __init__(self) -> None:
        self._to_note: asyncio.Queue[Peer] = asyncio.Queue(ROUTER_QUEUE_MAX)
        self._to_ask: asyncio.Queue[Peer] = asyncio.Queue(ROUTER_QUEUE_MAX)

    def connect(
        self,
        runs: MeshRuns,
        worker: WorkerDriver,
        offers: Offers,
        links: Links,
        ledger: Ledger,
        thread: StoreThread,
    ) -> None:
        """Join the parts; called once, before anything is served."""
        self._runs = runs
        self._worker = worker
        self._offers = offers
        self._links = links
        self._ledger = ledger
        self._thread = thread

    async def serve(self) -> None:
        """Do what takes time, until cancelled: note what hellos show, and ask newcomers for their offers."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._do_all(self._to_note, self._note))
            for _ in range(SYNCS_AT_ONCE):
                group.create_task(self._do_all(self._to_ask, self._offers.ask))

    async def _do_all(
        self, peers: asyncio.Queue[Peer], work: Callable[[Peer], Awaitable[None]]
    ) -> None:
        """Work through a queue. This is a task's root: what one peer shows must not end the daemon."""
        while True:
            peer = await peers.get()
            try:
                await work(peer)
            except MeshError as err:
                logger.error("event=router_failed reason=%r", str(err))  # noqa: TRY400  a full disk needs no trace
            except Exception:
                logger.exception("event=router_failed peer=%s", peer.key.hex()[:8])

    def introduced(self, peer: Peer) -> None:
        """Keep the certificate and the head that a hello shows: an audit wants them."""
        self._later(self._to_note, peer)

    def found(self, peer: Peer) -> None:
        """Tell the machines of a peer, and ask it what it has to offer."""
        self._runs.tell_all(r.PeerFound(peer=peer.identity))
        self._worker.tell(r.PeerFound(peer=peer.identity))
        self._later(self._to_ask, peer)

    def lost(self, peer: Peer) -> None:
        """Tell the machines that a peer is gone."""
        self._runs.tell_all(r.PeerLost(peer=peer.identity))
        self._worker.tell(r.PeerLost(peer=peer.identity))

    def offer_heard(self, message: Offer | Withdraw) -> None:
        """Tell the worker machine of an offer that counts."""
        if isinstance(message, Offer):
            self._worker.tell(w.OfferHeard(offer=message))
        else:
            self._worker.tell(w.OfferWithdrawn(run=message.run, requester=message.requester))

    def heard(self, peer: Peer, message: WorkMessage, sealed: Sealed | None) -> None:
        """Hand a checked message on: some kinds only workers say, some only requesters, a Decline either."""
        match message:
            case Bid() | ChunkDone() | PrefixRoot() | ShrinkAck() | LeasesHeld() | ReceiptAck():
                event = r.Heard(peer=peer.identity, message=message, sealed=sealed)
                if not self._runs.tell(message.run, event):
                    self._unknown(peer, message)
            case Grant() | Voucher() | Rejection() | Shrink() | Cancel() | ReceiptOffer():
                self._worker.tell(w.WorkHeard(peer=peer.identity, message=message, sealed=sealed))
            case Decline():
                event = r.Heard(peer=peer.identity, message=message, sealed=sealed)
                if not self._runs.tell(message.run, event):
                    self._worker.tell(
                        w.WorkHeard(peer=peer.identity, message=message, sealed=sealed)
                    )
            case Ping() | Pong():
                pass
            case _:
                assert_never(message)

    def _unknown(
        self,
        peer: Peer,
        message: Bid | ChunkDone | PrefixRoot | ShrinkAck | LeasesHeld | ReceiptAck,
    ) -> None:
        """Tell a worker that a run has ended; silence if it may go on: its job is being started again."""
        if self._runs.may_come_back(message.run) or isinstance(message, ReceiptAck):
            return
        decline = Decline(run=message.run, lease=None, reason=DeclineReason.ENDED, retry_ms=0)
        self._links.send(peer.identity, decline)

    async def _note(self, peer: Peer) -> None:
        if self._links.now_ms() - peer.noted_ms < HELLO_NOTED_EVERY_MS:
            return
        peer.noted_ms = self._links.now_ms()
        await self._thread.call(lambda: self._store_note(peer))

    def _store_note(self, peer: Peer) -> None:
        """Store what the peer's newest hello shows; in the store thread."""
        self._ledger.learn_certificate(peer.hello.certificate)
        head = peer.hello.head
        if head is None:
            return
        try:
            body = open_sealed(head, self._links.mesh, self._links.verifier)
        except WireError as err:
            logger.warning("event=head_refused peer=%s reason=%r", peer.key.hex()[:8], str(err))
            return
        if (
            not isinstance(body, LedgerHead)
            or body.ledger != peer.identity
            or head.signer != peer.key
        ):
            logger.warning("event=head_refused peer=%s reason='not its own'", peer.key.hex()[:8])
        elif self._ledger.note_head(head) is not None:
            logger.warning("event=fork_proven identity=%s", peer.identity.hex()[:8])

    @staticmethod
    def _later(peers: asyncio.Queue[Peer], peer: Peer) -> None:
        try:
            peers.put_nowait(peer)
        except asyncio.QueueFull:
            logger.warning("event=router_full reason='peers come faster than they are served'")
