"""Blobs: what is stored is what was named, whatever peers, disks and crashes do."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.node.network.backends import key_of

from meshnode.node.network.blob_store import BlobStore
from meshnode.node.network.blobs import BLOB_PROTOCOL, Blobs, BlobUnavailable
from meshnode.node.network.memory import MemoryHub, MemoryNetwork
from meshnode.protocol.blob_messages import BlobAsk, BlobManifest, BlobMissing, BlobPiece
from meshnode.protocol.limits import BLOB_PIECE_BYTES
from meshnode.protocol.merkle import blob_id, leaf_hash, merkle_root, piece_hashes
from meshnode.protocol.values import Hash, PeerKey
from meshnode.protocol.wire import decode_blob, encode

DATA = bytes(range(256)) * (3 * BLOB_PIECE_BYTES // 256) + b"tail"
PIECES = tuple(
    DATA[start : start + BLOB_PIECE_BYTES] for start in range(0, len(DATA), BLOB_PIECE_BYTES)
)
BLOB = blob_id(DATA)
SIZE_MAX = 1 << 30


@pytest.fixture
def store(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "blobs", SIZE_MAX)


def test_a_blob_is_read_whole_and_in_pieces(store: BlobStore) -> None:
    assert store.put(DATA) == BLOB

    assert (store.get(BLOB), store.size(BLOB), store.has(BLOB)) == (DATA, len(DATA), True)
    assert [store.piece(BLOB, index) for index in range(5)] == [*PIECES, None]


def test_an_unknown_blob_is_none(store: BlobStore) -> None:
    assert (store.get(BLOB), store.size(BLOB), store.piece(BLOB, 0)) == (None, None, None)


def test_the_empty_blob_is_a_blob(store: BlobStore) -> None:
    assert store.get(store.put(b"")) == b""


def test_a_blob_that_the_disk_damaged_is_removed(store: BlobStore, tmp_path: Path) -> None:
    store.put(DATA)
    (tmp_path / "blobs" / BLOB.hex()).write_bytes(DATA[:-1])

    assert store.get(BLOB) is None
    assert not store.has(BLOB)


def test_what_was_unused_for_longest_makes_room(tmp_path: Path) -> None:
    store = BlobStore(tmp_path, 25)
    first, second = store.put(b"1" * 10), store.put(b"2" * 10)
    assert store.get(first) is not None

    third = store.put(b"3" * 10)

    assert [store.has(blob) for blob in (first, second, third)] == [True, False, True]


def test_a_blob_beyond_the_bound_is_kept_alone(tmp_path: Path) -> None:
    store = BlobStore(tmp_path, 25)
    first = store.put(b"1" * 10)

    large = store.put(b"2" * 30)

    assert (store.has(first), store.has(large)) == (False, True)


def test_half_a_blob_is_remembered_and_its_damage_noticed(tmp_path: Path) -> None:
    BlobStore(tmp_path, SIZE_MAX).add_piece(BLOB, 1, PIECES[1])
    BlobStore(tmp_path, SIZE_MAX).add_piece(BLOB, 2, b"damaged")
    hashes = piece_hashes(DATA)

    store = BlobStore(tmp_path, SIZE_MAX)

    assert store.pieces_here(BLOB, hashes) == {1}
    for index, piece in enumerate(PIECES):
        store.add_piece(BLOB, index, piece)
    assert store.finish(BLOB, len(PIECES)) == DATA
    assert [path.name for path in tmp_path.iterdir()] == [BLOB.hex()]


class Holder:
    """A peer that answers on the blob protocol as a test tells it to."""

    def __init__(self, answers: dict[int | None, bytes]) -> None:
        self.answers = answers
        self.asked: list[int | None] = []

    async def serve(self, _peer: PeerKey, body: bytes) -> bytes:
        ask = decode_blob(body)
        assert isinstance(ask, BlobAsk)
        self.asked.append(ask.piece)
        return self.answers.get(ask.piece) or encode(BlobMissing(blob=ask.blob))


def honest_answers() -> dict[int | None, bytes]:
    manifest = BlobManifest(blob=BLOB, size=len(DATA), pieces=piece_hashes(DATA))
    answers: dict[int | None, bytes] = {None: encode(manifest)}
    for index, piece in enumerate(PIECES):
        answers[index] = encode(BlobPiece(blob=BLOB, piece=index, data=piece))
    return answers


class Fetcher:
    """A node that fetches from holders."""

    def __init__(self, folder: Path) -> None:
        self._hub = MemoryHub()
        self.network = MemoryNetwork(self._hub, key_of("fetcher").key)
        self.blobs = Blobs(self.network, BlobStore(folder, SIZE_MAX))
        self._count = 0

    async def add(self, holder: Holder) -> PeerKey:
        self._count += 1
        network = MemoryNetwork(self._hub, key_of(f"holder {self._count}").key)
        network.serve(BLOB_PROTOCOL, holder.serve)
        await network.start()
        return await self.network.connect(network.addresses()[0])


@pytest.fixture
async def fetcher(tmp_path: Path) -> AsyncIterator[Fetcher]:
    fetcher = Fetcher(tmp_path)
    await fetcher.network.start()
    yield fetcher
    await fetcher.network.stop()


async def test_a_fetch_that_broke_off_goes_on_with_another_holder(fetcher: Fetcher) -> None:
    half = Holder({None: honest_answers()[None], 0: honest_answers()[0], 1: honest_answers()[1]})
    whole = Holder(honest_answers())
    holders = [await fetcher.add(half), await fetcher.add(whole)]

    assert await fetcher.blobs.fetch(BLOB, holders, SIZE_MAX) == DATA

    assert not {0, 1} & set(whole.asked), "no piece is fetched twice"


def wrong_answers() -> dict[str, dict[int | None, bytes]]:
    good = honest_answers()
    hashes = piece_hashes(DATA)
    shuffled = tuple(reversed(hashes))
    return {
        "no manifest": {None: b"\xff\x00garbage"},
        "another blob's manifest": {
            None: encode(BlobManifest(blob=Hash(bytes(32)), size=len(DATA), pieces=hashes))
        },
        "other pieces": {None: encode(BlobManifest(blob=BLOB, size=len(DATA), pieces=shuffled))},
        "too few bytes": {None: encode(BlobManifest(blob=BLOB, size=5, pieces=hashes))},
        "a wrong piece": good
        | {2: encode(BlobPiece(blob=BLOB, piece=2, data=PIECES[1][:-1] + b"!"))},
        "another piece": good | {2: good[1]},
        "a short piece": good | {3: encode(BlobPiece(blob=BLOB, piece=3, data=b"tai"))},
        "a manifest as a piece": good | {1: good[None]},
    }


@pytest.mark.parametrize("what", wrong_answers())
async def test_a_lying_holder_is_left_for_an_honest_one(fetcher: Fetcher, what: str) -> None:
    liar, honest = Holder(wrong_answers()[what]), Holder(honest_answers())
    holders = [await fetcher.add(liar), await fetcher.add(honest)]

    assert await fetcher.blobs.fetch(BLOB, holders, SIZE_MAX) == DATA


async def test_pieces_of_odd_length_make_no_blob(fetcher: Fetcher) -> None:
    parts = (b"ab", b"cd")
    hashes = tuple(leaf_hash(part) for part in parts)
    blob = merkle_root(hashes)
    size = BLOB_PIECE_BYTES + 2
    liar = Holder({None: encode(BlobManifest(blob=blob, size=size, pieces=hashes))})
    for index, part in enumerate(parts):
        liar.answers[index] = encode(BlobPiece(blob=blob, piece=index, data=part))

    with pytest.raises(BlobUnavailable):
        await fetcher.blobs.fetch(blob, [await fetcher.add(liar)], SIZE_MAX)


async def test_a_blob_larger_than_asked_for_is_refused(fetcher: Fetcher) -> None:
    holder = Holder(honest_answers())

    with pytest.raises(BlobUnavailable):
        await fetcher.blobs.fetch(BLOB, [await fetcher.add(holder)], len(DATA) - 1)

    assert holder.asked == [None]


async def test_who_may_not_read_a_blob_is_told_that_it_is_missing(tmp_path: Path) -> None:
    hub = MemoryHub()
    one, other = MemoryNetwork(hub, key_of("one").key), MemoryNetwork(hub, key_of("other").key)
    owner = Blobs(one, BlobStore(tmp_path / "one", SIZE_MAX), lambda peer, _blob: peer != other.key)
    reader = Blobs(other, BlobStore(tmp_path / "other", SIZE_MAX))
    blob = await owner.put(b"secret")
    for network in (one, other):
        await network.start()
    await other.connect(one.addresses()[0])

    with pytest.raises(BlobUnavailable):
        await reader.fetch(blob, [one.key], SIZE_MAX)

    for network in (one, other):
        await network.stop()
