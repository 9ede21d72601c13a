"""Merkle trees as in RFC 6962 section 2.1, over leaves that are already hashed.

Also the ids of blobs.

A proof's length must be exactly what index and count imply; anything else is refused.
"""

from collections.abc import Sequence

from meshnode.protocol.limits import BLOB_PIECE_BYTES
from meshnode.protocol.values import Hash, digest


def leaf_hash(data: bytes) -> Hash:
    """Hash a leaf's bytes with the leaf prefix."""
    return digest(b"\x00", data)


def merkle_root(leaves: Sequence[Hash]) -> Hash:
    """Give the root over hashed leaves; of no leaves, the hash of nothing.

    Pairing neighbours level by level and carrying an odd last one up gives the RFC's tree (its
    split at the largest power of two), in one pass without recursion.
    """
    if not leaves:
        return digest(b"")
    level = list(leaves)
    while len(level) > 1:
        level = _level_above(level)
    return level[0]


def merkle_proof(leaves: Sequence[Hash], index: int) -> tuple[Hash, ...]:
    """Give the audit path of the leaf at `index`, from the leaf's sibling to the root's child."""
    assert 0 <= index < len(leaves)
    proof: list[Hash] = []
    level = list(leaves)
    while len(level) > 1:
        sibling = index ^ 1
        if sibling < len(level):
            proof.append(level[sibling])
        level = _level_above(level)
        index >>= 1
    return tuple(proof)


def proof_holds(root: Hash, leaf: Hash, index: int, count: int, proof: Sequence[Hash]) -> bool:
    """Tell whether `leaf` stands at `index` of the `count` leaves under `root`."""
    if not 0 <= index < count:
        return False
    node = leaf
    used = 0
    while count > 1:
        if index ^ 1 < count:
            if used == len(proof):
                return False
            sibling = proof[used]
            used += 1
            node = _parent(sibling, node) if index & 1 else _parent(node, sibling)
        index >>= 1
        count = (count + 1) // 2
    return used == len(proof) and node == root


def piece_hashes(data: bytes) -> tuple[Hash, ...]:
    """Hash a blob's pieces, in order; each is a leaf of the blob's tree."""
    return tuple(
        leaf_hash(data[start : start + BLOB_PIECE_BYTES])
        for start in range(0, len(data), BLOB_PIECE_BYTES)
    )


def blob_id(data: bytes) -> Hash:
    """Name a blob.

    The root over its pieces' hashes, so that each piece can be checked when it arrives.
    """
    return merkle_root(piece_hashes(data))


def _level_above(level: Sequence[Hash]) -> list[Hash]:
    above = [_parent(level[left], level[left + 1]) for left in range(0, len(level) - 1, 2)]
    if len(level) % 2:
        above.append(level[-1])
    return above


def _parent(left: Hash, right: Hash) -> Hash:
    return digest(b"\x01", left, right)
