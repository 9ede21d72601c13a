"""Offers: published with growing pauses while chunks are open, withdrawn at the end."""

from meshnode.protocol.limits import OFFER_INTERVAL_MS, OFFER_INTERVAL_MS_MAX, OFFER_LASTS_MS
from meshnode.protocol.messages import Offer
from meshnode.protocol.requester_events import Publish, WithdrawOffer
from meshnode.protocol.run_state import RunState
from meshnode.protocol.run_terms import HomePolicy


def announce(state: RunState, now_ms: int) -> None:
    """Publish the offer if it is due."""
    if state.terms.home is HomePolicy.ONLY or now_ms < state.offer_ms:
        return
    interval_ms = min(max(OFFER_INTERVAL_MS, 2 * state.offer_interval_ms), OFFER_INTERVAL_MS_MAX)
    state.offer_interval_ms = interval_ms
    state.offer_ms = now_ms + interval_ms
    # A restarted requester must not repeat a sequence; its clock has moved on.
    state.offer_sequence = max(state.offer_sequence + 1, now_ms)
    state.effects.append(Publish(offer=_offer(state, now_ms)))


def withdraw(state: RunState) -> None:
    """Take the offer back, if there was one."""
    if state.offer_sequence:
        sequence = state.offer_sequence + 1
        state.effects.append(WithdrawOffer(run=state.terms.run, sequence=sequence))


def _offer(state: RunState, now_ms: int) -> Offer:
    terms = state.terms
    return Offer(
        run=terms.run,
        run_hash=state.run_hash,
        requester=terms.requester,
        sequence=state.offer_sequence,
        issued_ms=now_ms,
        expires_ms=now_ms + OFFER_LASTS_MS,
        chunks_open=state.grid.count - len(state.verification.finals),
        operations_per_chunk=terms.operations_per_chunk,
        memory_bytes=terms.descriptor.memory_bytes,
        module_bytes=terms.module_bytes,
        captures_bytes=terms.captures_bytes,
        price_max=terms.price_max,
        replicas=terms.quorum,
        addresses=terms.addresses[:4],
        profile=terms.descriptor.profile,
    )
