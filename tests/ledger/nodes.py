"""Two or more nodes with ledgers, keys and a hand to sign what they say; no network."""

from dataclasses import dataclass
from pathlib import Path

from nacl.exceptions import CryptoError
from nacl.signing import SigningKey, VerifyKey

from meshnode.ledger.accounts import SELF, peer
from meshnode.ledger.ledger import HoldRequest, Ledger
from meshnode.ledger.limits import CreditLimits
from meshnode.protocol.identity import Certificate, certify
from meshnode.protocol.messages import Receipt, Voucher
from meshnode.protocol.sealed import Sealed, countersign
from meshnode.protocol.values import (
    NO_HASH,
    Hash,
    IdentityId,
    LeaseId,
    PeerKey,
    RunHash,
    RunId,
    cost_credits,
    digest,
    mesh_id,
)
from meshnode.protocol.wire import seal

MESH = mesh_id("test")
NOW_MS = 1_800_000_000_000
HOUR_MS = 3_600_000
PRICE = 1_000
RUN = RunId(digest(b"run"))
RUN_HASH = RunHash(digest(b"terms"))
FAR_MS = NOW_MS * 2


class Key:
    """An Ed25519 key pair made of a word."""

    def __init__(self, word: str) -> None:
        self._key = SigningKey(digest(word.encode()))
        self.key = PeerKey(bytes(self._key.verify_key))

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message).signature


class Checker:
    """Checks signatures with PyNaCl."""

    def verify(self, key: bytes, message: bytes, signature: bytes) -> bool:
        try:
            VerifyKey(key).verify(message, signature)
        except (CryptoError, ValueError):
            return False
        return True


@dataclass(frozen=True)
class Node:
    """One party."""

    key: Key
    certificate: Certificate
    ledger: Ledger

    @property
    def identity(self) -> IdentityId:
        return IdentityId(self.certificate.identity)


def certificate_of(name: str) -> Certificate:
    """Certify a name's working key with its root key."""
    return certify(Key(name + " root"), Key(name).key, NOW_MS, FAR_MS)


def node(name: str, limits: CreditLimits | None = None, path: Path | str = ":memory:") -> Node:
    """Open a node's ledger; the same name has the same keys."""
    certificate = certificate_of(name)
    ledger = Ledger.open(
        path,
        mesh=MESH,
        certificate=certificate,
        signer=Key(name),
        limits=limits or CreditLimits(),
        now_ms=NOW_MS,
    )
    return Node(Key(name), certificate, ledger)


def meet(*nodes: Node) -> None:
    """Let all learn one another's certificates and heads."""
    for one in nodes:
        for other in nodes:
            if one is not other:
                one.ledger.learn_certificate(other.certificate)
                assert one.ledger.note_head(other.ledger.sealed_head()) is None


def lease_id(number: int) -> LeaseId:
    """Name a lease by number."""
    return LeaseId(digest(b"lease", number.to_bytes(8, "big")))


def spend(worker: Node, number: int, amount_max: int, now_ms: int = NOW_MS) -> HoldRequest:
    """Ask for the requester's hold."""
    return HoldRequest(
        lease=lease_id(number),
        debit=SELF,
        credit=peer(worker.identity),
        job=b"job",
        amount_max=amount_max,
        expires_ms=now_ms + HOUR_MS,
    )


def earn(requester: Node, number: int, amount_max: int, now_ms: int = NOW_MS) -> HoldRequest:
    """Ask for the worker's hold."""
    return HoldRequest(
        lease=lease_id(number),
        debit=peer(requester.identity),
        credit=SELF,
        job=RUN_HASH,
        amount_max=amount_max,
        expires_ms=now_ms + HOUR_MS,
    )


def operations_for(amount: int) -> int:
    """Tell the operations that cost an amount at the tests' price."""
    return amount * 10**9 // PRICE


def voucher(requester: Node, worker: Node, number: int, chunks: int, amount: int) -> Sealed:
    """Sign a cumulative voucher."""
    paper = Voucher(
        run=RUN,
        lease=lease_id(number),
        requester=requester.identity,
        worker=worker.identity,
        chunks_done=chunks,
        root=Hash(digest(b"root", chunks.to_bytes(8, "big"))),
        operations=operations_for(amount),
        amount=amount,
    )
    return seal(paper, MESH, requester.key)


def receipt(requester: Node, worker: Node, number: int, chunks: int, amount: int) -> Receipt:
    """Write a receipt that quotes heads which both know."""
    worker_head = requester.ledger.peer_head(worker.identity)
    operations = operations_for(amount)
    assert cost_credits(operations, PRICE) == amount
    return Receipt(
        run=RUN,
        run_hash=RUN_HASH,
        lease=lease_id(number),
        requester=requester.identity,
        worker=worker.identity,
        start=0,
        chunks_done=chunks,
        root=Hash(digest(b"root", chunks.to_bytes(8, "big"))),
        operations=operations,
        bytes_moved=0,
        price=PRICE,
        amount=amount,
        requester_head=requester.ledger.head().entry,
        worker_head=NO_HASH if worker_head is None else worker_head.entry,
        time_ms=NOW_MS,
    )


def sign_both(requester: Node, worker: Node, paper: Receipt) -> tuple[Sealed, Sealed]:
    """Seal a receipt by both."""
    first = seal(paper, MESH, requester.key)
    return first, countersign(first, worker.key)


def settle(requester: Node, worker: Node, number: int, amount: int) -> None:
    """Carry one lease from hold to receipt on both sides."""
    meet(requester, worker)
    assert requester.ledger.hold(spend(worker, number, amount * 2), NOW_MS) is None
    assert worker.ledger.hold(earn(requester, number, amount * 2), NOW_MS) is None
    both = sign_both(requester, worker, receipt(requester, worker, number, 1, amount))
    assert worker.ledger.post_receipt(*both, NOW_MS) is None
    assert requester.ledger.post_receipt(*both, NOW_MS) is None
