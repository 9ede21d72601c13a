"""Merkle trees: the RFC's own tree, and proofs that hold for exactly one place."""

from hypothesis import given
from hypothesis import strategies as st

from meshnode.protocol.limits import BLOB_PIECE_BYTES
from meshnode.protocol.merkle import (
    blob_id,
    leaf_hash,
    merkle_proof,
    merkle_root,
    piece_hashes,
    proof_holds,
)
from meshnode.protocol.values import Hash, digest

COUNTS = st.integers(1, 40)


def leaves_of(count: int) -> list[Hash]:
    return [leaf_hash(bytes([index])) for index in range(count)]


def rfc_root(leaves: list[Hash]) -> Hash:
    """RFC 6962 section 2.1, as written there: split at the largest power of two below n."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while 2 * split < len(leaves):
        split *= 2
    return digest(b"\x01", rfc_root(leaves[:split]), rfc_root(leaves[split:]))


def test_the_empty_tree_is_the_hash_of_nothing() -> None:
    assert merkle_root([]) == digest(b"")


@given(COUNTS)
def test_the_tree_is_the_rfcs(count: int) -> None:
    assert merkle_root(leaves_of(count)) == rfc_root(leaves_of(count))


@given(COUNTS, st.data())
def test_a_proof_holds_for_its_leaf_at_its_place_only(count: int, data: st.DataObject) -> None:
    leaves = leaves_of(count)
    index = data.draw(st.integers(0, count - 1))
    other = data.draw(st.integers(0, count))
    root, proof = merkle_root(leaves), merkle_proof(leaves, index)

    assert proof_holds(root, leaves[index], index, count, proof)
    if other != index:
        assert not proof_holds(root, leaves[index], other, count, proof)


@given(COUNTS, st.data())
def test_a_proof_of_another_length_is_refused(count: int, data: st.DataObject) -> None:
    leaves = leaves_of(count)
    index = data.draw(st.integers(0, count - 1))
    root, proof = merkle_root(leaves), merkle_proof(leaves, index)

    assert not proof_holds(root, leaves[index], index, count, (*proof, digest(b"")))
    if proof:
        assert not proof_holds(root, leaves[index], index, count, proof[:-1])


def test_a_blob_is_named_by_its_pieces() -> None:
    data = bytes(BLOB_PIECE_BYTES + 1)

    assert len(piece_hashes(data)) == 2
    assert blob_id(data) == merkle_root(piece_hashes(data))
    assert blob_id(data) != blob_id(data[:-1])
