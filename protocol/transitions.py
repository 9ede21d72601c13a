"""Where each event may lead a requester's machine.

One table, for the machine, its tests and the docs.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from meshnode.protocol.requester_events import (
    Heard,
    HoldMade,
    HoldRefused,
    HomeFailed,
    OwnerCancelled,
    PeerFound,
    PeerLost,
    RanAtHome,
    ReceiptPosted,
    ReceiptRefused,
    RequesterEvent,
    Started,
    TapeFetched,
    TapeMissing,
    VoucherRefused,
    Woken,
)
from meshnode.protocol.run_state import Phase

_GOING: Final = frozenset({Phase.ANNOUNCED, Phase.RUNNING, Phase.CLOSING, Phase.CLOSED})
_ENDING: Final = frozenset({Phase.CLOSING, Phase.CLOSED})
_EVENTS: Final[tuple[type[RequesterEvent], ...]] = (
    Started,
    Heard,
    PeerLost,
    PeerFound,
    HoldMade,
    HoldRefused,
    VoucherRefused,
    TapeFetched,
    TapeMissing,
    RanAtHome,
    HomeFailed,
    ReceiptPosted,
    ReceiptRefused,
    OwnerCancelled,
    Woken,
)
TRANSITIONS: Final[Mapping[tuple[Phase, type[RequesterEvent]], frozenset[Phase]]] = (
    MappingProxyType(
        {(phase, event): _GOING for phase in (Phase.ANNOUNCED, Phase.RUNNING) for event in _EVENTS}
        | {(phase, OwnerCancelled): _ENDING for phase in (Phase.ANNOUNCED, Phase.RUNNING)}
        | {(Phase.CLOSING, event): _ENDING for event in _EVENTS}
        | {(Phase.CLOSED, event): frozenset({Phase.CLOSED}) for event in _EVENTS}
    )
)
"""Where each event may lead.

Announced and running alternate, closing and closed are never left backwards.
"""
