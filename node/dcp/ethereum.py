"""Ethereum's signatures over texts, by which DCP's parties know each other (dcp.md 4.1).

The one adaptor of coincurve (secp256k1) and pycryptodome (Keccak-256, which is not SHA3-256). Messages are signed as
`personal_sign` does: keccak of a prefix, the length in bytes and the text. Nothing here knows what a text means.
"""

import asyncio
import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path

from coincurve import PrivateKey, PublicKey
from Crypto.Hash import keccak

from meshnode.node.atomic_file import write_atomically
from meshnode.node.data_directory import storage_error
from meshnode.node.dcp.port import JsonValue
from meshnode.node.dcp.wire_limits import THREAD_TEXT_LENGTH_MIN
from meshnode.node.keys import KeyFileError

_PREFIX = b"\x19Ethereum Signed Message:\n"
_KEY_BYTES = 32
_NUMBER_BYTES = 32
_ADDRESS_BYTES = 20
_V_BASE = 27
"""Offset of the recovery id in `v`, for historical reasons of Bitcoin's."""


class SigningKey:
    """A secp256k1 key pair that signs texts; it never shows its secret half by itself."""

    __slots__ = ("_key", "address")

    def __init__(self, secret: bytes) -> None:
        """Make the pair of 32 secret bytes."""
        assert len(secret) == _KEY_BYTES
        self._key = PrivateKey(secret)
        self.address = _address(self._key.public_key)
        """0x and 40 lower-case hex digits."""

    @classmethod
    def generate(cls) -> "SigningKey":
        """Make a new pair."""
        return cls(PrivateKey().secret)

    def sign(self, text: str) -> dict[str, JsonValue]:
        """Sign a text; the result is what an envelope holds as `signature`, in the order of its members.

        Takes 0.2 ms, and 15 ms for each megabyte: see `sign_aside`.
        """
        signature = self._key.sign_recoverable(_digest(text), hasher=None)
        r, s = signature[:_NUMBER_BYTES], signature[_NUMBER_BYTES : 2 * _NUMBER_BYTES]
        return {"r": _buffer(r), "s": _buffer(s), "v": _V_BASE + signature[-1]}

    async def sign_aside(self, text: str) -> dict[str, JsonValue]:
        """Sign a text, in a thread if it is long."""
        if len(text) < THREAD_TEXT_LENGTH_MIN:
            return self.sign(text)
        return await asyncio.to_thread(self.sign, text)

    def save(self, path: Path) -> None:
        """Write the secret to a file of mode 0600, whole or not at all.

        Raises:
            StorageError: the disk is full or cannot be written.
        """
        try:
            write_atomically(path, self._key.secret.hex().encode() + b"\n")
            for place in (path, path.parent):
                descriptor = os.open(place, os.O_RDONLY | os.O_CLOEXEC)
                try:
                    os.fsync(descriptor)
                finally:
                    os.close(descriptor)
        except OSError as err:
            raise storage_error(err, path) from err

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.address[2:10]})"

    def __reduce__(self) -> str:
        raise TypeError("a secret key is not to be copied out of its process")


def open_signing_key(path: Path) -> SigningKey:
    """Read the key in a file, making one if there is no file: clients remember its address and want it again.

    Raises:
        KeyFileError: the file cannot be read, is no key, or is open to others.
        StorageError: the disk is full or cannot be written.
    """
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            content = file.read(2 * _KEY_BYTES + 2)
    except FileNotFoundError:
        key = SigningKey.generate()
        key.save(path)
        return key
    except OSError as err:
        raise KeyFileError(f"{path} cannot be read: {err.strerror}") from err
    if mode & 0o077:
        raise KeyFileError(
            f"{path} is open to others; run `chmod 600 {path}`, or remove it if it may be known"
        )
    try:
        return SigningKey(_secret(content))
    except ValueError as err:
        raise KeyFileError(
            f"{path} is damaged; put it back, or remove it to make a new one"
        ) from err


def recover(text: str, signature: JsonValue) -> str | None:
    """Tell the address that signed a text, in lower case; None when the signature is malformed."""
    compact = _compact(signature)
    if compact is None:
        return None
    try:
        digest = _digest(text)
        return _address(PublicKey.from_signature_and_message(compact, digest, hasher=None))
    except (ValueError, UnicodeEncodeError):
        return None
    except Exception as err:  # coincurve raises Exception itself when no key can be recovered
        if type(err) is not Exception:
            raise
        return None


async def recover_aside(text: str, signature: JsonValue) -> str | None:
    """Tell the address that signed a text, as `recover` does, in a thread if it is long."""
    if len(text) < THREAD_TEXT_LENGTH_MIN:
        return recover(text, signature)
    return await asyncio.to_thread(recover, text, signature)


def checksummed(address: str) -> str:
    """Write an address with the capitals of EIP-55. The address is 0x and 40 hex digits."""
    digits = address[2:].lower()
    assert len(digits) == 2 * _ADDRESS_BYTES
    marks = _keccak(digits.encode("ascii")).hex()
    pairs = zip(digits, marks, strict=False)
    return "0x" + "".join(digit.upper() if mark >= "8" else digit for digit, mark in pairs)


def personal_hash(text: str) -> str:
    """Give the hex digits of the digest that is signed: DCP hashes join secrets with it, too (dcp.md 5.2)."""
    return _digest(text).hex()


def fresh_address() -> str:
    """Give an address that nobody has the key of: DCP wants one for each job."""
    return "0x" + secrets.token_hex(_ADDRESS_BYTES)


def _digest(text: str) -> bytes:
    data = text.encode()
    return _keccak(_PREFIX + str(len(data)).encode("ascii") + data)


def _keccak(data: bytes) -> bytes:
    return keccak.new(digest_bits=256, data=data).digest()


def _address(key: PublicKey) -> str:
    return "0x" + _keccak(key.format(compressed=False)[1:])[-_ADDRESS_BYTES:].hex()


def _secret(content: bytes) -> bytes:
    text = content.decode("ascii").strip()
    if len(text) != 2 * _KEY_BYTES:
        raise ValueError("a key has 64 hex digits")
    return bytes.fromhex(text)


def _compact(signature: JsonValue) -> bytes | None:
    """Give the 65 bytes that libsecp256k1 takes."""
    if not isinstance(signature, Mapping):
        return None
    v = signature.get("v")
    numbers = [_number(signature.get("r")), _number(signature.get("s"))]
    if isinstance(v, bool) or not isinstance(v, int) or v not in (_V_BASE, _V_BASE + 1):
        return None
    if numbers[0] is None or numbers[1] is None:
        return None
    return numbers[0] + numbers[1] + bytes([v - _V_BASE])


def _buffer(number: bytes) -> JsonValue:
    """Write a Buffer of Node's as JSON."""
    return {"type": "Buffer", "data": [*number]}


def _number(buffer: JsonValue) -> bytes | None:
    """Read a Buffer of Node's as JSON; leading zeros may be missing."""
    data = buffer.get("data") if isinstance(buffer, Mapping) else None
    if not isinstance(data, list) or not 0 < len(data) <= _NUMBER_BYTES:
        return None
    octets: list[int] = []
    for octet in data:
        if isinstance(octet, bool) or not isinstance(octet, int) or not 0 <= octet <= 255:  # noqa: PLR2004
            return None
        octets.append(octet)
    return bytes(octets).rjust(_NUMBER_BYTES, b"\0")
