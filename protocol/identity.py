"""Certificates: an identity's root key vouches for a node's working key, for a while.

Keys rotate without losing history, and the root key can stay offline. Revocations come later.
"""

from hashlib import sha256
from typing import Annotated

import msgspec

from meshnode.protocol.sealed import Signer, Verifier
from meshnode.protocol.values import Count, Identity32, IdentityId, PeerKey, PeerKey32


class Certificate(
    msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, kw_only=True
):
    """The root key's signature over a working key."""

    identity: Identity32
    working_key: PeerKey32
    issued_ms: Count
    expires_ms: Count
    signature: Annotated[bytes, msgspec.Meta(min_length=64, max_length=64)]


def certify(root: Signer, working_key: PeerKey, issued_ms: int, expires_ms: int) -> Certificate:
    """Sign `working_key` with the root key, whose public half is the identity."""
    identity = IdentityId(bytes(root.key))
    message = _message(identity, working_key, issued_ms, expires_ms)
    return Certificate(
        identity=identity,
        working_key=working_key,
        issued_ms=issued_ms,
        expires_ms=expires_ms,
        signature=root.sign(message),
    )


def certificate_holds(certificate: Certificate, now_ms: int, verifier: Verifier) -> bool:
    """Tell whether the certificate is signed by its identity and not expired.

    An issue time in the future is let pass: clocks lie, and only the end protects anybody.
    """
    if now_ms >= certificate.expires_ms:
        return False
    message = _message(
        certificate.identity,
        certificate.working_key,
        certificate.issued_ms,
        certificate.expires_ms,
    )
    return verifier.verify(certificate.identity, message, certificate.signature)


def _message(identity: IdentityId, working_key: PeerKey, issued_ms: int, expires_ms: int) -> bytes:
    times = issued_ms.to_bytes(8, "big") + expires_ms.to_bytes(8, "big")
    return sha256(b"meshnode/certificate/1" + identity + working_key + times).digest()
