"""libp2p's names for Ed25519 keys: the PeerId that ends a multiaddr, and the key within it.

A PeerId of such a key is base58 of the identity multihash of its protobuf (libp2p peer-ids specification), so the key
can be read from the name alone. Names of other kinds of keys are refused: here every peer's key is its signer.
"""

import base58

from meshnode.node.network.port import PeerUnreachable
from meshnode.protocol.values import PeerKey

_PREFIX = bytes.fromhex("002408011220")
_KEY_BYTES = 32
_ADDRESS_CHARACTERS_MAX = 512


def peer_id_bytes(key: PeerKey) -> bytes:
    """Give a key's PeerId as libp2p holds it."""
    return _PREFIX + key


def peer_id_text(key: PeerKey) -> str:
    """Give a key's PeerId as people and multiaddrs write it."""
    return base58.b58encode(peer_id_bytes(key)).decode("ascii")


def peer_key_of(peer_id: bytes) -> PeerKey | None:
    """Read the key from a PeerId, or None when it is not that of an Ed25519 key."""
    if len(peer_id) != len(_PREFIX) + _KEY_BYTES or not peer_id.startswith(_PREFIX):
        return None
    return PeerKey(peer_id[len(_PREFIX) :])


def split_address(address: str) -> tuple[str, PeerKey]:
    """Split a multiaddr that ends in `/p2p/<peer id>` into where and who.

    Raises:
        PeerUnreachable: it does not end so, or the peer's key is not an Ed25519 one.
    """
    where, separator, name = address.rpartition("/p2p/")
    if not separator or not where or len(address) > _ADDRESS_CHARACTERS_MAX:
        raise PeerUnreachable(
            f"{address[:80]!r} is no address of a peer: it must end in /p2p/<peer id>"
        )
    try:
        key = peer_key_of(base58.b58decode(name))
    except ValueError:
        key = None
    if key is None:
        raise PeerUnreachable(f"{name[:80]!r} is not the peer id of an Ed25519 key")
    return where, key


def short(key: PeerKey) -> str:
    """Name a peer in a log line."""
    return key.hex()[:8]
