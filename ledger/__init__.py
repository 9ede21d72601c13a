"""Money: double entry, holds, receipts, hash chain, audit. It knows no network."""

from meshnode.ledger.accounts import SELF, Account, peer
from meshnode.ledger.entry import VoidCause
from meshnode.ledger.errors import LedgerError
from meshnode.ledger.ledger import HoldRequest, Ledger
from meshnode.ledger.limits import CreditLimits
from meshnode.ledger.rules import Refusal
from meshnode.ledger.statement import Balance, StatementRow

__all__ = [
    "SELF",
    "Account",
    "Balance",
    "CreditLimits",
    "HoldRequest",
    "Ledger",
    "LedgerError",
    "Refusal",
    "StatementRow",
    "VoidCause",
    "peer",
]
