"""The node's keys: the one place that reads key files and signs.

The root key is the identity; it signs certificates for the working key, which is libp2p's PeerId and signs all else.
The root key's file may be kept elsewhere: it is needed only to renew the certificate.
"""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

import msgspec
from nacl.exceptions import CryptoError
from nacl.signing import SigningKey, VerifyKey

from meshnode.node.data_directory import storage_error
from meshnode.node.errors import NodeError
from meshnode.node.exit_code import ExitCode
from meshnode.protocol.identity import Certificate, certificate_holds, certify
from meshnode.protocol.values import IdentityId, PeerKey

SEED_BYTES = 32
_KEY_BYTES = 32
_SIGNATURE_BYTES = 64
_CERTIFICATE_BYTES_MAX = 1024
CERTIFICATE_LASTS_MS = 90 * 24 * 3600 * 1000
"""A stolen working key is of use for so long at most; revocations come later."""
CERTIFICATE_RENEW_MS = 30 * 24 * 3600 * 1000
"""A certificate with less than this left is renewed at start, if the root key is here."""


class KeyFileError(NodeError):
    """A key file is missing, unreadable, or open to others."""

    def __init__(self, message: str) -> None:
        super().__init__(message, ExitCode.CONFIG)


class WorkingKey:
    """An Ed25519 key pair that signs; it never shows its secret half by itself."""

    __slots__ = ("_signing_key", "key")

    def __init__(self, seed: bytes) -> None:
        """Make the pair of a secret seed of 32 bytes (RFC 8032, section 5.1.5)."""
        assert len(seed) == SEED_BYTES
        self._signing_key = SigningKey(seed)
        self.key = PeerKey(bytes(self._signing_key.verify_key))
        """The public half."""

    def sign(self, message: bytes) -> bytes:
        """Give the 64-byte signature of `message`."""
        return self._signing_key.sign(message).signature

    def seed(self) -> bytes:
        """Give the secret seed, for the network's handshake alone."""
        return bytes(self._signing_key)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.key.hex()[:8]})"

    def __reduce__(self) -> str:
        raise TypeError("a secret key is not to be copied out of its process")


class RootKey(WorkingKey):
    """The identity's own key."""

    __slots__ = ()


class Ed25519Verifier:
    """Checks signatures with PyNaCl."""

    def verify(self, key: bytes, message: bytes, signature: bytes) -> bool:
        """Tell whether `signature` is `key`'s over `message`; false also for malformed keys and signatures."""
        if len(key) != _KEY_BYTES or len(signature) != _SIGNATURE_BYTES:
            return False
        try:
            VerifyKey(key).verify(message, signature)
        except (CryptoError, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class NodeKeys:
    """What a node signs with, and the proof that it may."""

    identity: IdentityId
    working: WorkingKey
    certificate: Certificate


def open_keys(directory: Path, now_ms: int) -> NodeKeys:
    """Read the keys in a data directory, making what was never there, and renew the certificate when it runs out.

    Raises:
        KeyFileError: a file is missing that another one shows was there, or cannot be read, or is open to others.
        StorageError: the disk is full or cannot be written.
    """
    root_path, working_path = directory / "root.key", directory / "working.key"
    certificate_path = directory / "certificate"
    certificate = _read_certificate(certificate_path)
    if not root_path.exists() and certificate is None:
        if working_path.exists():
            raise KeyFileError(
                f"{root_path} is missing; put it back, or remove {working_path} to become a new identity"
            )
        _write_secretly(root_path, os.urandom(SEED_BYTES))
    if not working_path.exists():
        _write_secretly(working_path, os.urandom(SEED_BYTES))
    root = RootKey(_read_seed(root_path)) if root_path.exists() else None
    working = WorkingKey(_read_seed(working_path))
    certificate = _renewed(certificate, root, working, now_ms)
    if certificate is None:
        raise KeyFileError(
            f"the certificate does not cover {working_path} any more; put {root_path} back for one start to renew it"
        )
    _write_secretly(certificate_path, msgspec.msgpack.encode(certificate))
    return NodeKeys(certificate.identity, working, certificate)


def _renewed(
    certificate: Certificate | None, root: RootKey | None, working: WorkingKey, now_ms: int
) -> Certificate | None:
    """Give a certificate that holds now: the old one while it is good, else a new one, else None."""
    verifier = Ed25519Verifier()
    if certificate is not None and certificate.working_key != working.key:
        certificate = None
    if (
        certificate is not None
        and root is not None
        and bytes(certificate.identity) != bytes(root.key)
    ):
        certificate = None
    if root is not None:
        good_until_ms = now_ms + CERTIFICATE_RENEW_MS
        if certificate is None or not certificate_holds(certificate, good_until_ms, verifier):
            return certify(root, working.key, now_ms, now_ms + CERTIFICATE_LASTS_MS)
    if certificate is not None and not certificate_holds(certificate, now_ms, verifier):
        return None
    return certificate


def _read_certificate(path: Path) -> Certificate | None:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as err:
        raise KeyFileError(f"{path} cannot be read: {err.strerror}") from err
    try:
        return msgspec.msgpack.decode(data[:_CERTIFICATE_BYTES_MAX], type=Certificate)
    except msgspec.DecodeError as err:
        raise KeyFileError(f"{path} is damaged; remove it to have it made anew") from err


def _read_seed(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            seed = file.read(SEED_BYTES + 1)
    except OSError as err:
        raise KeyFileError(f"{path} cannot be read: {err.strerror}") from err
    if stat.S_IMODE(status.st_mode) & 0o077:
        raise KeyFileError(
            f"{path} is open to others; run `chmod 600 {path}`, or make a new key if it may be known"
        )
    if len(seed) != SEED_BYTES:
        raise KeyFileError(f"{path} is no key: it must hold {SEED_BYTES} bytes")
    return seed


def _write_secretly(path: Path, data: bytes) -> None:
    """Write a file of mode 0600, whole or not at all."""
    new_path = path.with_name(f"{path.name}.new")
    try:
        new_path.unlink(missing_ok=True)
        file = os.open(new_path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            os.write(file, data)
            os.fsync(file)
        finally:
            os.close(file)
        new_path.replace(path)
        folder = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as err:
        raise storage_error(err, path) from err
