"""Claims: an address names, by its signature, the identity that gets its credits. It moves none.

An address signs plain text, for that is what wallets show to a person before they sign (EIP-191,
"personal message"). The text is a pure function of the claim, the mesh and the ledger: a claim
counts in one ledger, and an audit writes the text anew. Its words are therefore never changed.
"""

from datetime import UTC, datetime
from typing import Annotated, Protocol

import msgspec

from meshnode.ledger.accounts import Address, Address20
from meshnode.protocol.values import Count, Identity32, IdentityId, MeshId

NONCE_BYTES = 16
SIGNATURE_BYTES = 65
"""r, s and v of secp256k1: 32, 32 and 1 byte, as wallets write them."""
EXPIRES_S_MAX = 253_402_300_799
"""The last second of the year 9999, the latest that the text can show."""
ClaimSignature = Annotated[
    bytes, msgspec.Meta(min_length=SIGNATURE_BYTES, max_length=SIGNATURE_BYTES)
]


class Claim(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, kw_only=True):
    """What an address signs."""

    address: Address20
    identity: Identity32
    """Who gets the credits."""
    amount: Count | None
    """Micro-credits; None for all that the address has when the claim arrives."""
    nonce: Annotated[bytes, msgspec.Meta(min_length=NONCE_BYTES, max_length=NONCE_BYTES)]
    """Tells two claims apart: each counts once."""
    expires_s: Annotated[int, msgspec.Meta(ge=0, le=EXPIRES_S_MAX)]
    """The claim counts before this time, in seconds since 1970."""


class AddressRecovery(Protocol):
    """Finds signers by secp256k1."""

    def recover(self, text: str, signature: bytes) -> Address | None:
        """Tell whose signature over `text` (EIP-191) this is; None for a malformed one."""


def claim_text(claim: Claim, mesh: MeshId, ledger: IdentityId) -> str:
    """Write the text that the claim's address signs. Its words are a format like any other."""
    expires = datetime.fromtimestamp(claim.expires_s, UTC)
    amount = "all" if claim.amount is None else f"{claim.amount} micro-credits"
    return "\n".join(
        (
            "I claim credits that I have earned on a meshnode mesh. This moves no DCC and no coin.",
            f"Address: 0x{claim.address.hex()}",
            f"Pay to identity: {claim.identity.hex()}",
            f"Amount: {amount}",
            f"Ledger: {ledger.hex()}",
            f"Mesh: {mesh.hex()}",
            f"Nonce: {claim.nonce.hex()}",
            f"Valid until: {expires:%Y-%m-%d %H:%M:%S} UTC",
        )
    )


def is_by_address(
    claim: Claim,
    signature: bytes,
    mesh: MeshId,
    ledger: IdentityId,
    addresses: AddressRecovery,
) -> bool:
    """Tell whether the claim's address signed it for this ledger."""
    return addresses.recover(claim_text(claim, mesh, ledger), signature) == claim.address
