"""A ledger as a file that anybody can audit without access to the node. It checks nothing.

An export is one MessagePack value. Entries are the signed bytes; the books' tables travel as the
rows they are, so that an audit sees an edited cell just as it stands.
"""

from pathlib import Path

import msgspec

from meshnode.ledger.entry import SignedEntry
from meshnode.ledger.errors import LedgerError
from meshnode.ledger.store import BOOK_TABLES, Row, Store
from meshnode.protocol.identity import Certificate
from meshnode.protocol.sealed import Sealed
from meshnode.protocol.values import Identity32, Mesh32

EXPORT_VERSION = 1
EXPORT_BYTES_MAX = 4 * 1024**3
"""About ten million entries; an audit reads the whole into memory."""


class Export(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """One ledger, whole."""

    version: int
    mesh: Mesh32
    identity: Identity32
    entries: tuple[SignedEntry, ...]
    tables: dict[str, tuple[bytes, ...]]
    """The books as they were stored: `BOOK_TABLES`, each row in MessagePack, cell by cell."""
    vouchers: tuple[Sealed, ...]
    """Newest vouchers of leases not resolved yet."""
    certificates: tuple[Certificate, ...]
    heads: tuple[Sealed, ...]
    """Newest heads known of peers' ledgers."""


_decoder = msgspec.msgpack.Decoder(Export)


def encode_row(row: Row) -> bytes:
    """Encode a row; equal rows have equal bytes, and a cell of another type is another row."""
    return msgspec.msgpack.encode(row)


def export_of(store: Store) -> Export:
    """Read a store as of one moment. Raises LedgerError for a file without an owner."""
    with store.snapshot():
        owner = store.owner()
        if owner is None:
            raise LedgerError("the ledger is empty: nothing was ever written to it")
        identity, mesh = owner
        return Export(
            version=EXPORT_VERSION,
            mesh=mesh,
            identity=identity,
            entries=tuple(store.entries()),
            tables={table: tuple(map(encode_row, store.rows(table))) for table in BOOK_TABLES},
            vouchers=store.vouchers(),
            certificates=store.certificates(),
            heads=store.heads(),
        )


def read_export(path: Path) -> Export:
    """Read an export, or a node's own ledger file, without changing it. Raises LedgerError."""
    if not path.is_file():
        raise LedgerError(f"there is no ledger at {path}")
    if path.stat().st_size > EXPORT_BYTES_MAX:
        raise LedgerError(f"{path} is larger than any ledger")
    with path.open("rb") as file:
        is_sqlite = file.read(len(_SQLITE_MAGIC)) == _SQLITE_MAGIC
    if not is_sqlite:
        return decode_export(path.read_bytes(), str(path))
    store = Store(path, may_create=False)
    try:
        return export_of(store)
    finally:
        store.close()


def decode_export(data: bytes, name: str) -> Export:
    """Decode an export's bytes. Raises LedgerError when they are none."""
    try:
        return _decoder.decode(data)
    except (msgspec.DecodeError, ValueError) as err:
        raise LedgerError(f"{name} is not a ledger's export: {err}") from err


_SQLITE_MAGIC = b"SQLite format 3\x00"
