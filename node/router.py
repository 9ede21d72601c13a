"""Hands what peers say to the machine that it concerns, and what they show of their ledgers to ours."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import assert_never

from meshnode.ledger import Ledger
from meshnode.node.limits import ROUTER_QUEUE_MAX
from meshnode.node.links import Links, Peer
from meshnode.node.mesh_runs import MeshRuns
from meshnode.node.offers import Offers
from meshnode.node.store_thread import StoreThread
from meshnode.node.worker_driver import WorkerDriver
from meshnode.protocol import requester_events as r
from meshnode.protocol import worker_events as w
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

Work = Callable[[], Awaitable[None]]


class Router:
    """Made before the parts that it joins, since they need its methods; `connect` completes it."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[Work] = asyncio.Queue(ROUTER_QUEUE_MAX)

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
        """Do what events ask for and takes time, one after the other, until cancelled."""
        while True:
            work = await self._queue.get()
            await work()

    def introduced(self, peer: Peer) -> None:
        """Keep the certificate and the head that a hello shows: an audit wants them."""
        self._later(lambda: self._thread.call(lambda: self._note(peer)))

    def found(self, peer: Peer) -> None:
        """Tell the machines of a peer, and ask it what it has to offer."""
        self._runs.tell_all(r.PeerFound(peer=peer.identity))
        self._worker.tell(r.PeerFound(peer=peer.identity))
        self._later(lambda: self._offers.ask(peer))

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

    def _note(self, peer: Peer) -> None:
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

    def _later(self, work: Work) -> None:
        try:
            self._queue.put_nowait(work)
        except asyncio.QueueFull:
            logger.warning("event=router_full reason='hellos come faster than the disk'")
