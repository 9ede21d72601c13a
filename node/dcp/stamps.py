"""Validity stamps that were seen: a request counts once, and only in its time (dcp.md 4.3, rule 6)."""

import math
from collections import OrderedDict
from collections.abc import Mapping

from meshnode.node.dcp.port import DcpRefused, JsonValue
from meshnode.node.dcp.wire_limits import STAMPS_MAX, TTL_MS_MAX, TTL_MS_MIN, VALIDITY_SLOP_MS

_STAMP_LENGTH_MAX = 100


class Stamps:
    """Remembers stamps until their requests expire; when full it forgets the oldest, whose nonces are long used."""

    def __init__(self, stamps_max: int = STAMPS_MAX) -> None:
        self._stamps_max = stamps_max
        self._expiries_ms: OrderedDict[tuple[str, str], float] = OrderedDict()

    def accept(self, owner: str, validity: Mapping[str, JsonValue], now_ms: int) -> None:
        """Check a request's validity and note its stamp.

        Raises:
            DcpRefused: with DCP's codes EINVAL, ETIMETRAVEL, EEXPIRED and EDUP.
        """
        stamp, time_s, ttl_s = validity.get("stamp"), validity.get("time"), validity.get("ttl")
        if not isinstance(stamp, str) or not 0 < len(stamp) <= _STAMP_LENGTH_MAX:
            raise DcpRefused("EINVAL", "the request has no validity stamp")
        if isinstance(time_s, bool) or not isinstance(time_s, int | float):
            raise DcpRefused("EINVAL", "the request has no time")
        if not math.isfinite(time_s) or time_s * 1000 > now_ms + VALIDITY_SLOP_MS:
            raise DcpRefused("ETIMETRAVEL", "the request is from the future; check the clock")
        ttl_ms = ttl_s * 1000 if isinstance(ttl_s, int | float) else TTL_MS_MIN
        expiry_ms = time_s * 1000 + min(max(ttl_ms, TTL_MS_MIN), TTL_MS_MAX)
        if expiry_ms < now_ms - VALIDITY_SLOP_MS:
            raise DcpRefused("EEXPIRED", "the request is too old; check the clock")
        self._forget(now_ms)
        if (owner, stamp) in self._expiries_ms:
            raise DcpRefused("EDUP", "the request was seen before")
        self._expiries_ms[owner, stamp] = expiry_ms + VALIDITY_SLOP_MS

    def _forget(self, now_ms: int) -> None:
        while self._expiries_ms:
            expiry_ms = next(iter(self._expiries_ms.values()))
            if expiry_ms >= now_ms and len(self._expiries_ms) < self._stamps_max:
                return
            self._expiries_ms.popitem(last=False)
