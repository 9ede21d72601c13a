"""How much credit is given, and to whom. These are the owner's decisions; rules.py obeys them."""

import msgspec

from meshnode.protocol.values import IdentityId, cost_credits

CREDITS_MAX = 2**53 - 1
"""Largest amount of one hold in micro-credits: exact in a browser's numbers too, and far from
SQLite's 64 bits.
"""
DCC_MAX = 2**53 - 1
"""Most DCC that one ledger records, in micro-DCC: nine thousand million DCC."""
HOLDS_OPEN_PER_PEER_MAX = 1024
"""Open holds with one peer: some hundred leases may wait a day for their voucher to fall due
after a crash.
"""
DAY_MS = 86_400_000
VOUCHER_DUE_MS = DAY_MS
"""A voucher without a receipt falls due this long after its lease's end (design note: trust,
1.2).
"""
REPAID_HALF_LIFE_DAYS = 30
"""Repaid volume counts half after this time, so that an old good name cannot be spent all at
once.
"""
TRUSTED_MAX = 1024
_POOL_OPERATIONS = 10**13
"""What all strangers together may owe for in one day: about an hour of one core."""
DEFAULT_PRICE = 1_000
"""Micro-credits for 10^9 operations."""
_POOL_CREDITS = cost_credits(_POOL_OPERATIONS, DEFAULT_PRICE)
PERCENT_MAX = 100


class CreditLimits(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """The limits in force; they are written into the ledger, so that an audit can check them."""

    pool_credits: int = _POOL_CREDITS
    """What strangers together may draw in one day, beyond what each has repaid before."""
    stranger_credits: int = 10 * _POOL_CREDITS
    """What one stranger may owe, however much it has repaid."""
    trusted_credits: int = 1_000 * _POOL_CREDITS
    """What one trusted identity may owe."""
    own_credits: int = 1_000 * _POOL_CREDITS
    """What this node may owe to all others together."""
    repaid_percent: int = 100
    """How much of its repaid volume a stranger may owe without drawing on the pool; at most 100."""
    trusted: tuple[IdentityId, ...] = ()
    """Identities that the owner trusts: exempt from the pool."""
    address_credits: int = 10 * _POOL_CREDITS
    """What one DCP address may have unclaimed here: it is paid no more until it claims."""
    all_addresses_credits: int = 100 * _POOL_CREDITS
    """What all DCP addresses together may have unclaimed here: addresses cost nothing to make."""

    def __post_init__(self) -> None:
        """Refuse limits that would let credit grow by itself."""
        amounts = (
            self.pool_credits,
            self.stranger_credits,
            self.trusted_credits,
            self.own_credits,
            self.address_credits,
            self.all_addresses_credits,
        )
        if min(amounts) < 0 or max(amounts) > CREDITS_MAX:
            raise ValueError(f"a credit limit must be from 0 to {CREDITS_MAX} micro-credits")
        if not 0 <= self.repaid_percent <= PERCENT_MAX:
            raise ValueError(
                "repaid_percent is from 0 to 100: limits never outgrow what was repaid"
            )
        if len(self.trusted) > TRUSTED_MAX:
            raise ValueError(f"at most {TRUSTED_MAX} identities can be trusted by name")
