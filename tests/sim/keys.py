"""Keys for tests without IO.

Signatures that are deterministic, cheap and as distinct as real ones.
"""

from hashlib import sha512

from meshnode.protocol.identity import Certificate, certify
from meshnode.protocol.values import IdentityId, PeerKey, digest

FOREVER_MS = 10**15


class FakeSigner:
    """Signs with a keyed hash; the key is public, which no test abuses."""

    def __init__(self, name: str) -> None:
        self._key = PeerKey(digest(b"key", name.encode()))

    @property
    def key(self) -> PeerKey:
        return self._key

    def sign(self, message: bytes) -> bytes:
        return sha512(self._key + message).digest()


class FakeVerifier:
    def verify(self, key: bytes, message: bytes, signature: bytes) -> bool:
        return sha512(key + message).digest() == signature


def identity_of(name: str) -> IdentityId:
    return IdentityId(bytes(FakeSigner(f"{name}/root").key))


def certificate_of(name: str) -> Certificate:
    return certify(FakeSigner(f"{name}/root"), FakeSigner(name).key, 0, FOREVER_MS)
