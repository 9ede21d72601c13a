"""`meshnode` with a store that kills the process at one named step of the order of writing. For tests alone.

`MESHNODE_TEST_CRASH=STEP:COUNT:WHEN`: at the COUNT-th call of STEP (a key of STEPS), `before` it is written (the open
transaction is lost), or `after` the transaction that it is in was committed and before anything else is done.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from meshnode.ledger.ledger import Ledger
from meshnode.node.cli import main
from meshnode.node.mesh_store import MeshStore
from meshnode.node.requester_store import RequesterStore
from meshnode.node.worker_store import WorkerStore

STEPS: dict[str, tuple[type, str]] = {
    # the requester's order: hold, grant, tape, voucher, final, receipt, post
    "hold": (Ledger, "hold"),
    "grant": (RequesterStore, "store_lease"),
    "tape": (RequesterStore, "store_report"),
    "voucher": (RequesterStore, "store_voucher"),
    "final": (RequesterStore, "store_final"),
    "receipt": (RequesterStore, "store_receipt"),
    "post": (Ledger, "post_receipt"),
    # the worker's: lease taken on, result, voucher kept, forgotten
    "work": (WorkerStore, "store_work"),
    "result": (WorkerStore, "store_result"),
    "voucher-held": (WorkerStore, "store_voucher"),
    "forget": (WorkerStore, "forget_work"),
}


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class _Trap:
    """Counts calls of one step and kills at the right one."""

    def __init__(self, count: int, when: str) -> None:
        self._left = count
        self._when = when
        self._is_armed = False

    def called(self) -> None:
        self._left -= 1
        if self._left == 0:
            if self._when == "before":
                _die()
            self._is_armed = True

    def committed(self) -> None:
        if self._is_armed:
            _die()


def _install(step: str, trap: _Trap) -> None:
    owner, name = STEPS[step]
    original = getattr(owner, name)

    def counted(*arguments: object, **options: object) -> object:
        trap.called()
        result = original(*arguments, **options)
        if owner is Ledger and name == "post_receipt":
            trap.committed()
        return result

    setattr(owner, name, counted)
    transaction = MeshStore.transaction

    @contextmanager
    def watched(self: MeshStore) -> Iterator[None]:
        with transaction(self):
            yield
        trap.committed()

    MeshStore.transaction = watched  # type: ignore[method-assign]  # the point of this module


if __name__ == "__main__":
    wanted = os.environ.get("MESHNODE_TEST_CRASH")
    if wanted:
        step, count, when = wanted.split(":")
        _install(step, _Trap(int(count), when))
    main()
