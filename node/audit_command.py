"""`meshnode audit` and `meshnode ledger --export`: read ledgers, ask nobody.

No daemon is needed, and none is disturbed.
"""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from meshnode.ledger.audit import audit
from meshnode.ledger.errors import LedgerError
from meshnode.ledger.export import Export, read_export
from meshnode.node.control_client import JsonObject
from meshnode.node.data_directory import open_data_directory, storage_error
from meshnode.node.dcp.accounts import EthereumAddresses
from meshnode.node.errors import StorageError
from meshnode.node.keys import Ed25519Verifier


def audit_ledgers(root: Path, exports: Sequence[Path]) -> JsonObject:
    """Audit the exports, or this node's own ledger if none is named.

    Raises:
        StorageError: a file does not exist or is no ledger.
    """
    paths = exports or [open_data_directory(root).ledger]
    report = audit([_read(path) for path in paths], Ed25519Verifier(), EthereumAddresses())
    return {
        "is_sound": report.is_sound,
        "ledgers": report.ledgers,
        "entries": report.entries,
        "receipts": report.receipts,
        "vouchers": report.vouchers,
        "receipts_cross_checked": report.receipts_cross_checked,
        "self_credits": report.self_credits,
        "address_credits": report.address_credits,
        "findings": [str(finding) for finding in report.findings],
        "pending": [str(finding) for finding in report.pending],
    }


def export_ledger(root: Path, output: Path) -> JsonObject:
    """Write this node's whole ledger for others to audit.

    Raises:
        StorageError: there is no ledger, or the output cannot be written.
    """
    export = _read(open_data_directory(root).ledger)
    try:
        output.write_bytes(msgspec.msgpack.encode(export))
    except OSError as err:
        raise storage_error(err, output) from err
    return {"output": str(output), "entries": len(export.entries)}


def _read(path: Path) -> Export:
    try:
        return read_export(path)
    except LedgerError as err:
        raise StorageError(str(err)) from err
