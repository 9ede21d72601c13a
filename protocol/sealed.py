"""Sealed messages: provable to third parties. Keys and the arithmetic of signatures live in node.

The signature is over SHA-256("meshnode/" ‖ purpose ‖ "/1" ‖ mesh id ‖ body), so that nothing signed
for one purpose or mesh counts in another. Signatures are over the received bytes; no canonical form
is needed.
"""

from hashlib import sha256
from typing import Annotated, Protocol

import msgspec

from meshnode.protocol.limits import WORK_BYTES_MAX
from meshnode.protocol.values import Mesh32, MeshId, PeerKey, PeerKey32


class Signer(Protocol):
    """Signs with this node's working key."""

    @property
    def key(self) -> PeerKey:
        """Tell the working public key that verifies what is signed here."""

    def sign(self, message: bytes) -> bytes:
        """Give the 64-byte Ed25519 signature of `message`; equal messages give equal signatures."""


class Verifier(Protocol):
    """Checks Ed25519 signatures."""

    def verify(self, key: bytes, message: bytes, signature: bytes) -> bool:
        """Tell whether `signature` is `key`'s over `message`.

        False also for malformed keys and signatures.
        """


class Sealed(
    msgspec.Struct,
    frozen=True,
    array_like=True,
    forbid_unknown_fields=True,
    kw_only=True,
    tag="sealed",
):
    """An envelope.

    The body's bytes with their signature. Believe the body only after `is_authentic`.
    """

    purpose: Annotated[str, msgspec.Meta(max_length=32)]
    """The body's tag, in lower case (`voucher`)."""
    mesh: Mesh32
    signer: PeerKey32
    body: Annotated[bytes, msgspec.Meta(max_length=WORK_BYTES_MAX)]
    signature: Annotated[bytes, msgspec.Meta(min_length=64, max_length=64)]


def signed_message(purpose: str, mesh: MeshId, body: bytes) -> bytes:
    """Give the 32 bytes that are signed for a body."""
    return sha256(b"meshnode/" + purpose.encode() + b"/1" + mesh + body).digest()


def seal_bytes(purpose: str, mesh: MeshId, body: bytes, signer: Signer) -> Sealed:
    """Sign a body's bytes; `wire.seal` does it for a message."""
    signature = signer.sign(signed_message(purpose, mesh, body))
    return Sealed(purpose=purpose, mesh=mesh, signer=signer.key, body=body, signature=signature)


def is_authentic(envelope: Sealed, mesh: MeshId, verifier: Verifier) -> bool:
    """Tell whether the envelope was signed by its signer for this mesh and purpose."""
    if envelope.mesh != mesh:
        return False
    message = signed_message(envelope.purpose, envelope.mesh, envelope.body)
    return verifier.verify(envelope.signer, message, envelope.signature)


def countersign(envelope: Sealed, signer: Signer) -> Sealed:
    """Sign the same body for the same purpose with another key: a receipt's second signature."""
    return seal_bytes(envelope.purpose, envelope.mesh, envelope.body, signer)
