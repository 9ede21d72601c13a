"""Blobs by hash between peers: a manifest of pieces' hashes under the id, then the pieces, each checked on arrival.

Who may read what is the owner's to say (`may_read`); by default whoever knows the id.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence

from meshnode.node.network import limits
from meshnode.node.network.blob_store import BlobStore
from meshnode.node.network.peer_id import short
from meshnode.node.network.port import Network, NetworkError, RequestProtocol
from meshnode.protocol.blob_messages import BlobAsk, BlobManifest, BlobMissing, BlobPiece
from meshnode.protocol.errors import MeshError
from meshnode.protocol.limits import BLOB_BYTES_MAX, BLOB_PIECE_BYTES, BLOB_PIECES_MAX
from meshnode.protocol.merkle import leaf_hash, merkle_root, piece_hashes
from meshnode.protocol.values import Hash, PeerKey
from meshnode.protocol.wire import (
    BLOB_STREAM,
    BlobStreamMessage,
    WireError,
    decode_blob,
    encode,
)

logger = logging.getLogger(__name__)

BLOB_PROTOCOL = RequestProtocol(
    BLOB_STREAM, concurrent_per_peer_max=8, handler_timeout_ms=limits.BLOB_PIECE_MS
)


class BlobUnavailable(NetworkError):  # noqa: N818 (it names the situation)
    """None of the asked holders gave the blob."""


class Blobs:
    """Fetches blobs from peers and serves those in the store."""

    def __init__(
        self,
        network: Network,
        store: BlobStore,
        may_read: Callable[[PeerKey, Hash], bool] = lambda _peer, _blob: True,
    ) -> None:
        self._network = network
        self._store = store
        self._may_read = may_read
        self._manifests: OrderedDict[Hash, BlobManifest] = OrderedDict()
        self._fetches: dict[Hash, asyncio.Lock] = {}
        network.serve(BLOB_PROTOCOL, self._serve)

    async def put(self, data: bytes) -> Hash:
        """Store a blob for peers to fetch, and return its id."""
        return await asyncio.to_thread(self._store.put, data)

    async def fetch(self, blob: Hash, holders: Sequence[PeerKey], size_max: int) -> bytes:
        """Return a blob from the store, or from the first of `holders` that has it.

        A fetch that was cancelled or broken off goes on with the pieces that have arrived.

        Raises:
            BlobUnavailable: no holder gave it, or it is larger than `size_max` bytes.
            StorageError: the disk is full.
        """
        lock = self._fetches.setdefault(blob, asyncio.Lock())
        try:
            async with lock:
                return await self._fetch(blob, holders, size_max)
        finally:
            if not lock.locked():
                self._fetches.pop(blob, None)

    async def _fetch(self, blob: Hash, holders: Sequence[PeerKey], size_max: int) -> bytes:
        here = await asyncio.to_thread(self._store.get, blob)
        if here is not None:
            return here
        for holder in holders:
            try:
                return await self._fetch_from(holder, blob, size_max)
            except (NetworkError, WireError) as err:
                logger.info(
                    "event=blob_not_had blob=%s peer=%s reason=%r",
                    blob.hex()[:8],
                    short(holder),
                    str(err),
                )
        raise BlobUnavailable(f"blob {blob.hex()[:8]} was not to be had from {len(holders)} peers")

    async def _fetch_from(self, holder: PeerKey, blob: Hash, size_max: int) -> bytes:
        answer = await self._ask(holder, BlobAsk(blob=blob, piece=None))
        if not isinstance(answer, BlobManifest):
            raise BlobUnavailable("the peer does not have it")
        check_manifest(answer, blob, size_max)
        count = len(answer.pieces)
        here = await asyncio.to_thread(self._store.pieces_here, blob, answer.pieces)
        missing = iter([index for index in range(count) if index not in here])
        failures: list[MeshError] = []
        async with asyncio.TaskGroup() as group:
            for _ in range(limits.BLOB_PIECES_AT_ONCE):
                group.create_task(self._fetch_pieces(holder, answer, missing, failures))
        if failures:
            raise failures[0]
        return await asyncio.to_thread(self._store.finish, blob, count)

    async def _fetch_pieces(
        self,
        holder: PeerKey,
        manifest: BlobManifest,
        missing: Iterator[int],
        failures: list[MeshError],
    ) -> None:
        """Fetch pieces until none is missing or one fails; several tasks share the two last.

        When one fails the others keep what they are getting, for the next holder need not send it again.
        """
        for index in missing:
            try:
                await self._fetch_piece(holder, manifest, index)
            except MeshError as err:
                failures.append(err)
            if failures:
                return

    async def _fetch_piece(self, holder: PeerKey, manifest: BlobManifest, index: int) -> None:
        answer = await self._ask(holder, BlobAsk(blob=manifest.blob, piece=index))
        if not isinstance(answer, BlobPiece):
            raise BlobUnavailable("the peer does not have all of it")
        check_piece(answer, manifest, index)
        await asyncio.to_thread(self._store.add_piece, manifest.blob, index, answer.data)

    async def _ask(self, holder: PeerKey, ask: BlobAsk) -> BlobStreamMessage:
        answer = await self._network.request(
            holder, BLOB_PROTOCOL, encode(ask), limits.BLOB_PIECE_MS
        )
        return decode_blob(answer)

    async def _serve(self, peer: PeerKey, body: bytes) -> bytes:
        ask = decode_blob(body)
        if not isinstance(ask, BlobAsk):
            raise WireError("only a BlobAsk opens a blob stream")
        if not self._may_read(peer, ask.blob):
            return encode(BlobMissing(blob=ask.blob))
        if ask.piece is None:
            manifest = await self._manifest(ask.blob)
            return encode(manifest if manifest is not None else BlobMissing(blob=ask.blob))
        data = None
        if ask.piece < BLOB_PIECES_MAX:
            data = await asyncio.to_thread(self._store.piece, ask.blob, ask.piece)
        if data is None:
            return encode(BlobMissing(blob=ask.blob))
        return encode(BlobPiece(blob=ask.blob, piece=ask.piece, data=data))

    async def _manifest(self, blob: Hash) -> BlobManifest | None:
        manifest = self._manifests.get(blob)
        if manifest is None:
            data = await asyncio.to_thread(self._store.get, blob)
            if data is None:
                return None
            pieces = await asyncio.to_thread(piece_hashes, data)
            manifest = BlobManifest(blob=blob, size=len(data), pieces=pieces)
            self._manifests[blob] = manifest
        self._manifests.move_to_end(blob)
        while len(self._manifests) > limits.BLOB_MANIFESTS_MAX:
            self._manifests.popitem(last=False)
        return manifest


def check_manifest(manifest: BlobManifest, blob: Hash, size_max: int) -> None:
    """Check that a manifest is this blob's and no larger than asked for, or raise WireError."""
    if manifest.blob != blob or merkle_root(manifest.pieces) != blob:
        raise WireError("the manifest is not that of the blob")
    if manifest.size > min(size_max, BLOB_BYTES_MAX):
        raise WireError(f"the blob has {manifest.size} bytes, more than {size_max}")
    if -(-manifest.size // BLOB_PIECE_BYTES) != len(manifest.pieces):
        raise WireError("the manifest's size and pieces do not fit")


def check_piece(piece: BlobPiece, manifest: BlobManifest, index: int) -> None:
    """Check that a piece is the one asked for, in length and hash, or raise WireError."""
    start = index * BLOB_PIECE_BYTES
    size = min(BLOB_PIECE_BYTES, manifest.size - start)
    if (piece.blob, piece.piece, len(piece.data)) != (manifest.blob, index, size):
        raise WireError("the piece is not the one asked for")
    if leaf_hash(piece.data) != manifest.pieces[index]:
        raise WireError("the piece does not have its hash")
