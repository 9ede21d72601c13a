"""Money: double entry, holds, receipts, hash chain, audit. It knows no network."""

from meshnode.ledger.accounts import SELF, Account, Address, peer
from meshnode.ledger.claim import Claim
from meshnode.ledger.entry import Claimed, Credited, DccSpent, VoidCause
from meshnode.ledger.errors import LedgerError
from meshnode.ledger.ledger import HoldRequest, Ledger
from meshnode.ledger.limits import CreditLimits
from meshnode.ledger.refusal import Refusal
from meshnode.ledger.statement import Balance, StatementRow

__all__ = [
    "SELF",
    "Account",
    "Address",
    "Balance",
    "Claim",
    "Claimed",
    "CreditLimits",
    "Credited",
    "DccSpent",
    "HoldRequest",
    "Ledger",
    "LedgerError",
    "Refusal",
    "StatementRow",
    "VoidCause",
    "peer",
]
