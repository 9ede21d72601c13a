"""Two or more nodes with ledgers, keys and a hand to sign what they say; no network."""

from dataclasses import dataclass
from pathlib import Path

from coincurve import PrivateKey, PublicKey
from Crypto.Hash import keccak
from nacl.exceptions import CryptoError
from nacl.signing import SigningKey, VerifyKey

from meshnode.ledger.accounts import SELF, Address, peer
from meshnode.ledger.claim import Claim, claim_text
from meshnode.ledger.entry import Claimed, Credited
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


class Wallet:
    """A secp256k1 key pair made of a word, which signs texts as Ethereum's wallets do."""

    def __init__(self, word: str) -> None:
        self._key = PrivateKey(digest(word.encode()))
        self.address = _address(self._key.public_key)

    def sign(self, text: str) -> bytes:
        return self._key.sign_recoverable(_personal_hash(text), hasher=None)


class Addresses:
    """Finds signers with coincurve."""

    def recover(self, text: str, signature: bytes) -> Address | None:
        try:
            key = PublicKey.from_signature_and_message(signature, _personal_hash(text), hasher=None)
        except Exception:  # noqa: BLE001  coincurve raises Exception itself
            return None
        return _address(key)


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


def credit(wallet: Wallet, number: int, amount: int, run: RunId = RUN) -> Credited:
    """Credit a wallet's address for a slice."""
    return Credited("job", number, run, wallet.address, amount)


def claim(
    wallet: Wallet,
    of: Node,
    to: IdentityId,
    amount: int | None = None,
    nonce: int = 0,
    expires_ms: int = FAR_MS,
) -> Claimed:
    """Sign a claim on a node's ledger."""
    asked = Claim(
        address=wallet.address,
        identity=to,
        amount=amount,
        nonce=nonce.to_bytes(16, "big"),
        expires_s=expires_ms // 1000,
    )
    return Claimed(asked, wallet.sign(claim_text(asked, MESH, of.identity)))


def _personal_hash(text: str) -> bytes:
    data = text.encode()
    return _keccak(b"\x19Ethereum Signed Message:\n" + str(len(data)).encode() + data)


def _address(key: PublicKey) -> Address:
    return Address(_keccak(key.format(compressed=False)[1:])[-20:])


def _keccak(data: bytes) -> bytes:
    return keccak.new(digest_bits=256, data=data).digest()
