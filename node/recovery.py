"""What a start mends after a crash: holds whose lease was never stored are given back.

Hold and lease lie in two files, the hold is committed first, and nothing was signed in between; so a hold without its
lease is known to nobody else. Everything else a machine repeats by itself from what is stored.
"""

import logging

from meshnode.ledger import Ledger, VoidCause
from meshnode.node.mesh_store import MeshStore
from meshnode.protocol.values import LeaseId

logger = logging.getLogger(__name__)


def release_orphans(ledger: Ledger, mesh_store: MeshStore, now_ms: int) -> tuple[LeaseId, ...]:
    """Void the open holds that no lease or work row names and no voucher was given for; returns their leases."""
    known = mesh_store.lease_ids()
    orphans = tuple(
        hold.lease
        for hold in ledger.open_holds()
        if hold.lease not in known and ledger.voucher(hold.lease) is None
    )
    with ledger.batch():
        for lease in orphans:
            refusal = ledger.void(lease, VoidCause.UNUSED, now_ms)
            assert refusal is None, f"an open hold without voucher can be voided: {refusal}"
            logger.info("event=orphan_released lease=%s", lease.hex()[:8])
    return orphans
