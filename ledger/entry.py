"""Entries: what a ledger says, hash-chained and signed. What may be written, rules.py decides.

An entry's bytes are signed as they are stored: nobody ever encodes an entry again to check it, so
no canonical form is needed. The hash of entry n stands in entry n+1. Sequence numbers start anew
in each *incarnation*: a node that lost its newest entries (restored from a backup) declares a new
incarnation which names the last head that others have seen of it. An honest crash therefore never
looks like a fork, and two entries at one place of one incarnation are a proof.
"""

from enum import StrEnum
from typing import Annotated

import msgspec

from meshnode.ledger.accounts import Account, Address20
from meshnode.ledger.claim import Claim, ClaimSignature
from meshnode.ledger.errors import LedgerError
from meshnode.ledger.limits import CreditLimits
from meshnode.protocol.identity import Certificate, certificate_holds
from meshnode.protocol.messages import LedgerHead
from meshnode.protocol.sealed import Sealed, Signer, Verifier, signed_message
from meshnode.protocol.values import (
    Hash,
    Hash32,
    Identity32,
    IdentityId,
    LeaseId32,
    MeshId,
    PeerKey,
    PeerKey32,
    RunId32,
    digest,
)

ENTRY_VERSION = 1
ENTRY_BYTES_MAX = 64 * 1024
"""The largest is a change of limits that names a thousand trusted identities."""

JOB_LENGTH_MAX = 64
"""DCP names a job by 22 characters, formerly by an address."""


class VoidCause(StrEnum):
    """Why a hold was given back."""

    UNUSED = "unused"
    """The lease ended and nothing of it is owed."""
    FORFEITED = "forfeited"
    """A chunk of the lease was proved wrong; the lease pays nothing."""


class Opened(
    msgspec.Struct, frozen=True, array_like=True, tag="opened", forbid_unknown_fields=True
):
    """The first entry of an incarnation, or a change of limits or working key."""

    certificate: Certificate
    """Certificate of the working key that signs from here on."""
    limits: CreditLimits
    """The limits in force from here on."""
    recovers: LedgerHead | None
    """The head that others have seen and this ledger has lost; None if nothing was lost."""


class Held(msgspec.Struct, frozen=True, array_like=True, tag="held", forbid_unknown_fields=True):
    """Credits set aside for one lease."""

    lease: LeaseId32
    debit: Account
    """Who will pay: `self` at the requester, the requester's account at the worker."""
    credit: Account
    """Who will be paid: the worker's account at the requester, `self` at the worker."""
    escrow: Account
    """Where the credits wait."""
    amount_max: int
    expires_ms: int
    """The lease's end."""


class ReceiptEvidence(
    msgspec.Struct, frozen=True, array_like=True, tag="receipt", forbid_unknown_fields=True
):
    """A receipt that both sides signed: the bytes once, the signatures of both."""

    requester: Sealed
    worker_key: PeerKey32
    worker_signature: Annotated[bytes, msgspec.Meta(min_length=64, max_length=64)]

    def by_worker(self) -> Sealed:
        """Give the worker's envelope of the same bytes."""
        return msgspec.structs.replace(
            self.requester, signer=self.worker_key, signature=self.worker_signature
        )


class VoucherEvidence(
    msgspec.Struct, frozen=True, array_like=True, tag="voucher", forbid_unknown_fields=True
):
    """The newest voucher of a lease that was never closed by a receipt."""

    voucher: Sealed


class Posted(
    msgspec.Struct, frozen=True, array_like=True, tag="posted", forbid_unknown_fields=True
):
    """A hold settled: the amount goes from debit to credit, the rest goes back."""

    lease: LeaseId32
    amount: int
    evidence: ReceiptEvidence | VoucherEvidence


class Voided(
    msgspec.Struct, frozen=True, array_like=True, tag="voided", forbid_unknown_fields=True
):
    """A hold given back whole."""

    lease: LeaseId32
    cause: VoidCause
    proof: Hash32 | None
    """Hash of the proof for a forfeited lease, else None."""


class Expired(
    msgspec.Struct, frozen=True, array_like=True, tag="expired", forbid_unknown_fields=True
):
    """A hold given back because its lease ended without a voucher."""

    lease: LeaseId32


class Credited(
    msgspec.Struct, frozen=True, array_like=True, tag="credited", forbid_unknown_fields=True
):
    """Credits for one slice that a DCP worker did, kept for the address that it named."""

    job: Annotated[str, msgspec.Meta(max_length=JOB_LENGTH_MAX)]
    """DCP's name of the job, ASCII."""
    slice: int
    """DCP's number of the slice in its job."""
    run: RunId32
    """The mesh's run in which an established peer or the home matched the slice."""
    address: Address20
    amount: int


class Claimed(
    msgspec.Struct, frozen=True, array_like=True, tag="claimed", forbid_unknown_fields=True
):
    """Credits of an address, moved to the identity that the address named."""

    claim: Claim
    signature: ClaimSignature
    """The address's, over `claim_text`."""


class DccSpent(
    msgspec.Struct, frozen=True, array_like=True, tag="dccspent", forbid_unknown_fields=True
):
    """DCC that the owner spent on one job at DCP. No credits move."""

    job: Annotated[str, msgspec.Meta(max_length=JOB_LENGTH_MAX)]
    """DCP's name of the job, ASCII."""
    address: Address20
    """DCP's bank account that paid."""
    slices: int
    amount: int
    """Micro-DCC for the whole job, rounded up once: DCP counts in 10^-18 DCC, which overflows 64
    bits beyond 9 DCC.
    """
    rate: int
    """Micro-credits that the owner took one DCC to be worth; 0 if none was stated. It is for
    information: nothing is computed from it.
    """


Resolution = Posted | Voided | Expired
"""What ends a hold."""
Payment = Credited | Claimed | DccSpent
"""What is paid at once, without a hold."""
Body = Opened | Held | Resolution | Payment


class Entry(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """One line of a ledger."""

    version: int
    ledger: Identity32
    incarnation: int
    """Counted from 1."""
    sequence: int
    """Counted from 0 in each incarnation."""
    previous: Hash32
    """Hash of the entry before it, also across incarnations; zero for the very first."""
    body: Body
    peer_head: LedgerHead | None
    """A recent head of the counterparty's ledger; None when there is no counterparty or its head
    is not known.
    """
    time_ms: int
    """For people and expiry; the order is told by the sequence."""


class SignedEntry(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """An entry's bytes as they were signed."""

    entry: bytes
    signature: bytes


class ForkProof(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Two signed entries at one place of one incarnation."""

    certificates: tuple[Certificate, Certificate]
    entries: tuple[SignedEntry, SignedEntry]


_PURPOSE = "entry"
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Entry)


def entry_hash(entry: bytes) -> Hash:
    """Hash an entry's bytes; heads, receipts and the next entry quote it."""
    return digest(b"meshnode/ledger-entry/1", entry)


def sign_entry(entry: Entry, mesh: MeshId, signer: Signer) -> SignedEntry:
    """Encode and sign an entry."""
    encoded = _encoder.encode(entry)
    assert read_entry(encoded) is not None, "an entry is written that cannot be read again"
    return SignedEntry(encoded, signer.sign(signed_message(_PURPOSE, mesh, encoded)))


def is_signed(signed: SignedEntry, mesh: MeshId, key: PeerKey, verifier: Verifier) -> bool:
    """Tell whether an entry was signed with `key`."""
    return verifier.verify(key, signed_message(_PURPOSE, mesh, signed.entry), signed.signature)


def read_entry(encoded: bytes) -> Entry | None:
    """Decode an entry's bytes; None when they are no entry."""
    if len(encoded) > ENTRY_BYTES_MAX:
        return None
    try:
        return _decoder.decode(encoded)
    except (msgspec.DecodeError, ValueError):
        return None


def must_read_entry(encoded: bytes) -> Entry:
    """Decode an entry of our own file. Raises LedgerError when it was damaged."""
    entry = read_entry(encoded)
    if entry is None:
        raise LedgerError("the ledger holds an entry that is none: run `meshnode audit`")
    return entry


def head_of(signed: SignedEntry) -> LedgerHead:
    """Name an entry of ours as the head of its ledger."""
    entry = must_read_entry(signed.entry)
    return LedgerHead(
        ledger=entry.ledger,
        incarnation=entry.incarnation,
        sequence=entry.sequence,
        entry=entry_hash(signed.entry),
        time_ms=entry.time_ms,
    )


def is_fork(proof: ForkProof, mesh: MeshId, verifier: Verifier) -> IdentityId | None:
    """Find the identity that a fork proof convicts; None when it proves nothing.

    Certificates count however long ago they ended: the question is who signed, not when.
    """
    first, second = (read_entry(signed.entry) for signed in proof.entries)
    if first is None or second is None or proof.entries[0].entry == proof.entries[1].entry:
        return None
    if (first.ledger, first.incarnation, first.sequence) != (
        second.ledger,
        second.incarnation,
        second.sequence,
    ):
        return None
    for certificate, signed in zip(proof.certificates, proof.entries, strict=True):
        if certificate.identity != first.ledger or not certificate_holds(certificate, 0, verifier):
            return None
        if not is_signed(signed, mesh, certificate.working_key, verifier):
            return None
    return first.ledger
