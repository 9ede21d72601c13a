"""The names of accounts. It knows nothing of amounts.

One node's books have four kinds of account: `self` (what the node has earned less what it has
spent), `peer:<identity>` (what that peer holds at this node: positive, this node owes; negative,
the peer owes), `escrow:<job>` (what is held until a lease is settled) and `issue:<group>`
(reserved for groups that issue credits).
"""

from typing import NewType

from meshnode.protocol.values import IdentityId

Account = NewType("Account", str)

SELF = Account("self")
_PEER = "peer:"
_ESCROW = "escrow:"
_PEER_LENGTH = len(_PEER) + 2 * 32
ACCOUNT_BYTES_MAX = 128
"""Longest name of an account: the longest prefix and 32 bytes in hex, with room for a group's
name.
"""


def peer(identity: IdentityId) -> Account:
    """Name the account of a peer."""
    return Account(_PEER + identity.hex())


def escrow(job: bytes) -> Account:
    """Name the account that holds credits for a job.

    A worker does not know the job; it uses the run's hash.
    """
    return Account(_ESCROW + job.hex())


def is_escrow(account: Account) -> bool:
    """Tell whether an account holds credits for a job."""
    return account.startswith(_ESCROW) and len(account) <= ACCOUNT_BYTES_MAX


def identity_of(account: Account) -> IdentityId | None:
    """Find the peer behind an account; None when it is not a peer's account."""
    if not account.startswith(_PEER):
        return None
    try:
        identity = bytes.fromhex(account.removeprefix(_PEER))
    except ValueError:
        return None
    is_canonical = len(account) == _PEER_LENGTH and account == account.lower()
    return IdentityId(identity) if is_canonical else None
