"""The names of accounts. It knows nothing of amounts.

One node's books have five kinds of account in credits: `self` (what the node has earned less what
it has spent), `peer:<identity>` (what that peer holds at this node: positive, this node owes;
negative, the peer owes), `escrow:<job>` (what is held until a lease is settled), `dcp:<address>`
(what a DCP worker has earned here, until the address that it named claims it) and `issue:<group>`
(reserved for groups that issue credits).

Two more kinds are in DCC, the currency of DCP, which is never mixed with credits: `dcc:<address>`
(a bank account there: what this node's owner has spent from it, negative) and `dcc:spent` (on the
whole). Credits sum to zero, and so does DCC.
"""

from typing import Annotated, NewType

import msgspec

from meshnode.protocol.values import IdentityId

Account = NewType("Account", str)
Address = NewType("Address", bytes)
"""An Ethereum address, 20 bytes: DCP's name for a person, a bank account or a worker's payee."""
ADDRESS_BYTES = 20
Address20 = Annotated[Address, msgspec.Meta(min_length=ADDRESS_BYTES, max_length=ADDRESS_BYTES)]

SELF = Account("self")
DCC_SPENT = Account("dcc:spent")
_PEER = "peer:"
_ESCROW = "escrow:"
_DCP = "dcp:"
_DCC = "dcc:"
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


def dcp(address: Address) -> Account:
    """Name the account of credits that wait for an address to claim them."""
    return Account(_DCP + address.hex())


def is_dcp(account: Account) -> bool:
    """Tell whether an account is an address's, in credits."""
    return account.startswith(_DCP)


def dcc(address: Address) -> Account:
    """Name the account of the DCC spent from a bank account at DCP."""
    return Account(_DCC + address.hex())


def is_dcc(account: Account) -> bool:
    """Tell whether an account is in micro-DCC; all others are in micro-credits."""
    return account.startswith(_DCC)


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
