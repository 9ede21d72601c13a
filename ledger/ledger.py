"""The ledger of one node: every command goes through the rules, becomes a signed entry, and is durable on return.

It is opened and used in one thread. Sealed messages given to it were opened by the caller; what it signs and keeps is
checked again by an audit.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from meshnode.ledger.accounts import Account
from meshnode.ledger.entry import SignedEntry, VoidCause
from meshnode.ledger.limits import CreditLimits
from meshnode.ledger.rules import Refusal
from meshnode.protocol.identity import Certificate
from meshnode.protocol.messages import LedgerHead
from meshnode.protocol.sealed import Sealed, Signer
from meshnode.protocol.values import Hash, IdentityId, LeaseId, MeshId


@dataclass(frozen=True, slots=True)
class HoldRequest:
    """What to set aside for a lease. The lease's id is the hold's id."""

    lease: LeaseId
    debit: Account
    """`accounts.SELF` at the requester, `accounts.peer(requester)` at the worker."""
    credit: Account
    """`accounts.peer(worker)` at the requester, `accounts.SELF` at the worker."""
    job: bytes
    """The job's id at the requester, the run's hash at the worker."""
    amount_max: int
    expires_ms: int
    """The lease's deadline as the Grant states it; a voucher falls due 24 hours later."""


@dataclass(frozen=True, slots=True)
class Balance:
    """One account as people read it."""

    account: Account
    settled_credits: int
    """What has been posted; over a mesh at rest the `self` accounts sum to zero."""
    held_credits: int
    """What open holds set aside from it."""


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One entry as people read it (`meshnode ledger`)."""

    incarnation: int
    sequence: int
    time_ms: int
    kind: str
    lease: LeaseId | None
    peer: IdentityId | None
    amount: int
    """What moved to `self` (negative: from it); for a hold, what is set aside."""


class Ledger:
    """A node's ledger. Commands return None when they are done (now or before), else the cause of refusal."""

    @classmethod
    def open(
        cls,
        path: Path | str,
        *,
        mesh: MeshId,
        certificate: Certificate,
        signer: Signer,
        limits: CreditLimits,
        now_ms: int,
    ) -> "Ledger":
        """Open or create the ledger at `path` (":memory:" for none). Raises LedgerError."""
        raise NotImplementedError

    def close(self) -> None: ...

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Commit all commands of the block in one transaction; nothing of them is durable before its end."""
        raise NotImplementedError

    def hold(self, request: HoldRequest, now_ms: int) -> Refusal | None: ...
    def store_voucher(self, lease: LeaseId, voucher: Sealed, now_ms: int) -> Refusal | None:
        """Keep the newest voucher of a lease, given (requester) or held (worker)."""
        raise NotImplementedError

    def voucher(self, lease: LeaseId) -> Sealed | None: ...
    def post_receipt(
        self, requester_sealed: Sealed, worker_sealed: Sealed, now_ms: int
    ) -> Refusal | None: ...
    def void(
        self, lease: LeaseId, cause: VoidCause, now_ms: int, proof: Hash | None = None
    ) -> Refusal | None: ...
    def expire_due(self, now_ms: int) -> tuple[LeaseId, ...]:
        """Post vouchers that fell due and expire holds without a voucher; give the leases resolved."""
        raise NotImplementedError

    def learn_certificate(self, certificate: Certificate) -> None:
        """Keep a peer's certificate, so that an audit can check the peer's signatures."""

    def note_head(self, head: Sealed) -> Sealed | None:
        """Keep a head of a counterparty, to be quoted in the next entry with it."""

    def head(self) -> LedgerHead: ...
    def balance(self, account: Account) -> Balance: ...
    def balances(self) -> tuple[Balance, ...]: ...
    def statement(self, *, newest: int = 100) -> tuple[StatementRow, ...]: ...
    def entries(self) -> Iterator[SignedEntry]: ...
    def export(self) -> bytes:
        """Write everything that an audit needs (audit.audit_exports)."""
        raise NotImplementedError
