"""DCP's addresses and amounts in the ledger's words: claims that addresses sign, and sums in DCC.

It moves nothing: `Ledger.credit_address`, `claim` and `record_dcc` do.
"""

import re
import secrets
from datetime import UTC, datetime

from meshnode.ledger.accounts import Address
from meshnode.ledger.claim import (
    NONCE_BYTES,
    SIGNATURE_BYTES,
    Claim,
    claim_text,
    is_by_address,
)
from meshnode.ledger.entry import Claimed
from meshnode.node.dcp import ethereum
from meshnode.node.dcp.port import JsonValue
from meshnode.node.errors import NodeError
from meshnode.node.exit_code import ExitCode
from meshnode.protocol.values import IdentityId, MeshId

CLAIM_LASTS_S = 24 * 3600
"""Time to take a text to the machine that has the address's key, and to bring the signature back."""
_TEXT_LENGTH_MAX = 1024
_V_BASE = 27
"""Some wallets write the recovery id (0 or 1) with this offset, some without."""
_NUMBER_BYTES = 32
_DCC_PLACES = 18
"""DCP counts in 10^-18 DCC."""
_MICRO_DCC = 10**12

_ADDRESS = re.compile(r"0x([0-9a-fA-F]{40})")
_SIGNATURE = re.compile(r"0x([0-9a-fA-F]{130})")
_DCC = re.compile(r"([0-9]{1,10})(?:\.([0-9]{1,18}))?")
_CLAIM = re.compile(
    r".*\n"
    r"Address: (?P<address>0x[0-9a-f]{40})\n"
    r"Pay to identity: (?P<identity>[0-9a-f]{64})\n"
    r"Amount: (?:all|(?P<amount>[0-9]{1,16}) micro-credits)\n"
    r"Ledger: [0-9a-f]{64}\n"
    r"Mesh: [0-9a-f]{64}\n"
    r"Nonce: (?P<nonce>[0-9a-f]{32})\n"
    r"Valid until: (?P<expires>[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}) UTC"
)


class ClaimError(NodeError):
    """A claim that moves nothing, and what its author should do."""

    def __init__(self, message: str) -> None:
        super().__init__(message, ExitCode.USAGE)


class EthereumAddresses:
    """The ledger's port for audits: finds who signed a claim."""

    def recover(self, text: str, signature: bytes) -> Address | None:
        """Tell whose signature over `text` this is; None for a malformed one."""
        if len(signature) != SIGNATURE_BYTES:
            return None
        r, s = signature[:_NUMBER_BYTES], signature[_NUMBER_BYTES:-1]
        v = signature[-1] if signature[-1] >= _V_BASE else signature[-1] + _V_BASE
        found = ethereum.recover(text, {"r": _buffer(r), "s": _buffer(s), "v": v})
        return None if found is None else read_address(found)


def read_address(text: str) -> Address | None:
    """Read an address, 0x and 40 hex digits of either case; None when it is none."""
    match = _ADDRESS.fullmatch(text)
    return None if match is None else Address(bytes.fromhex(match[1]))


def new_claim(address: Address, identity: IdentityId, amount: int | None, now_ms: int) -> Claim:
    """Prepare a claim of so many micro-credits, or of all (None); `claim_text` says what to sign."""
    return Claim(
        address=address,
        identity=identity,
        amount=amount,
        nonce=secrets.token_bytes(NONCE_BYTES),
        expires_s=now_ms // 1000 + CLAIM_LASTS_S,
    )


def read_claim(text: str, signature: str, mesh: MeshId, ledger: IdentityId) -> Claimed:
    """Read a claim's text and its signature, 0x and 130 hex digits as wallets write it, and check who signed.

    Whether it is too late or too much, the ledger knows.

    Raises:
        ClaimError: the text is no claim on this ledger, or the signature is not its address's.
    """
    claim = _claim_in(text)
    if claim is None:
        raise ClaimError("this is no claim's text; sign the text just as it was given to you")
    if claim_text(claim, mesh, ledger) != text:
        raise ClaimError("the claim is for another ledger or mesh, or its text was changed")
    match = _SIGNATURE.fullmatch(signature)
    if match is None:
        raise ClaimError("the signature is not 0x and 130 hex digits (r, s and v)")
    signed = bytes.fromhex(match[1])
    if not is_by_address(claim, signed, mesh, ledger, EthereumAddresses()):
        raise ClaimError("the signature is not the address's; sign this very text with its key")
    return Claimed(claim, signed)


def micro_dcc(text: str) -> int | None:
    """Read DCC, a decimal number of up to 18 places, as micro-DCC, rounded up; None when it is none."""
    match = _DCC.fullmatch(text)
    if match is None:
        return None
    smallest = int(match[1] + (match[2] or "").ljust(_DCC_PLACES, "0"))
    return -(-smallest // _MICRO_DCC)


def _claim_in(text: str) -> Claim | None:
    match = _CLAIM.fullmatch(text) if len(text) <= _TEXT_LENGTH_MAX else None
    if match is None:
        return None
    address = read_address(match["address"])
    assert address is not None
    try:
        expires = datetime.fromisoformat(match["expires"]).replace(tzinfo=UTC)
    except ValueError:
        return None
    return Claim(
        address=address,
        identity=IdentityId(bytes.fromhex(match["identity"])),
        amount=None if match["amount"] is None else int(match["amount"]),
        nonce=bytes.fromhex(match["nonce"]),
        expires_s=int(expires.timestamp()),
    )


def _buffer(number: bytes) -> JsonValue:
    """Write a Buffer of Node's as JSON."""
    return {"type": "Buffer", "data": [*number]}
