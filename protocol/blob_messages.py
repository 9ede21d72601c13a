"""Requests and answers outside the work stream: blobs in pieces, and the repair of gossip."""

from typing import Annotated

import msgspec

from meshnode.protocol.limits import BLOB_PIECE_BYTES, BLOB_PIECES_MAX, SYNC_OFFERS_MAX
from meshnode.protocol.messages import Message
from meshnode.protocol.sealed import Sealed
from meshnode.protocol.values import Count, Hash32, RunId32

# Blobs: requests on /meshnode/blob/1, each answered by one message


class BlobAsk(Message, frozen=True, kw_only=True):
    """Asks for a blob's manifest (`piece` is None) or one of its pieces."""

    blob: Hash32
    piece: Count | None


class BlobManifest(Message, frozen=True, kw_only=True):
    """A blob's size and its pieces' hashes, whose root is the blob's id."""

    blob: Hash32
    size: Count
    pieces: Annotated[tuple[Hash32, ...], msgspec.Meta(max_length=BLOB_PIECES_MAX)]


class BlobPiece(Message, frozen=True, kw_only=True):
    """One piece."""

    blob: Hash32
    piece: Count
    data: Annotated[bytes, msgspec.Meta(max_length=BLOB_PIECE_BYTES)]


class BlobMissing(Message, frozen=True, kw_only=True):
    """The blob is not here, or not for this peer."""

    blob: Hash32


# Repair of gossip, on /meshnode/sync/1


class SyncAsk(Message, frozen=True, kw_only=True):
    """Asks for offers that the asker does not know."""

    known: Annotated[tuple[RunId32, ...], msgspec.Meta(max_length=SYNC_OFFERS_MAX)]


class SyncOffers(Message, frozen=True, kw_only=True):
    """Sealed offers, as heard."""

    offers: Annotated[tuple[Sealed, ...], msgspec.Meta(max_length=SYNC_OFFERS_MAX)]
