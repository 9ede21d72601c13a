"""What a worker takes on: pure judgements of offers and grants by its owner's policy."""

from meshnode.protocol.limits import CHUNKS_MAX, LEASE_CHUNKS_MAX, LEASE_MS_MAX
from meshnode.protocol.messages import Grant, Offer
from meshnode.protocol.values import (
    VERSIONS,
    IdentityId,
    RunDescriptor,
    cost_credits,
    run_hash,
)
from meshnode.protocol.wasm_binary import PAGE_BYTES
from meshnode.protocol.worker_events import WorkerPolicy


def is_offer_fit(policy: WorkerPolicy, offer: Offer) -> bool:
    """Tell whether the owner would work for this offer."""
    return (
        policy.cores > 0
        and offer.requester != policy.identity
        and offer.requester not in policy.refused
        and offer.price_max >= policy.price
        and offer.profile in policy.profiles
        and offer.memory_bytes <= policy.memory_bytes_max
        and offer.chunks_open > 0
    )


def is_grant_fit(policy: WorkerPolicy, grant: Grant, peer: IdentityId) -> bool:
    """Tell whether a grant is what its sender may grant and the owner allows."""
    is_ours = grant.requester == peer and grant.worker == policy.identity
    is_allowed = grant.requester not in policy.refused and grant.price >= policy.price
    is_paid = grant.amount_max >= cost_credits(grant.descriptor.operations_max, grant.price)
    is_short = 0 < grant.lasts_ms <= LEASE_MS_MAX
    return is_ours and is_allowed and is_paid and is_short and _is_work_fit(policy, grant)


def _is_work_fit(policy: WorkerPolicy, grant: Grant) -> bool:
    descriptor = grant.descriptor
    if grant.run_hash != run_hash(descriptor) or not _is_version_spoken(policy, descriptor):
        return False
    if descriptor.chunk_length == 0:
        return False
    chunks = -(-descriptor.iterations // descriptor.chunk_length)
    return (
        chunks <= CHUNKS_MAX
        and grant.start < grant.stop <= chunks
        and grant.stop - grant.start <= LEASE_CHUNKS_MAX
        and 0 < descriptor.operations_max <= policy.operations_max
        and 0 < descriptor.memory_bytes <= policy.memory_bytes_max
        and descriptor.memory_bytes % PAGE_BYTES == 0
        and grant.tape_bytes_max <= policy.tape_bytes_max
    )


def _is_version_spoken(policy: WorkerPolicy, descriptor: RunDescriptor) -> bool:
    versions = (descriptor.abi_version, descriptor.metering_version, descriptor.profile)
    return versions in VERSIONS and descriptor.profile in policy.profiles
