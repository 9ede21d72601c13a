"""Grids cover their range once.

Leaves and run ids bind what they should; money rounds in one place.
"""

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from tests.protocol.samples import descriptor
from tests.sim.keys import FakeSigner, FakeVerifier

from meshnode.protocol.identity import certificate_holds, certify
from meshnode.protocol.values import (
    ChunkGrid,
    ChunkResult,
    chunk_leaf,
    cost_credits,
    digest,
    run_hash,
    run_id,
)


@given(st.integers(1, 1_000), st.integers(1, 50))
def test_a_grid_covers_its_iterations_once(iterations: int, chunk_length: int) -> None:
    grid = ChunkGrid(iterations, chunk_length)

    covered = [index for chunk in range(grid.count) for index in range(*grid.bounds(chunk))]

    assert covered == list(range(iterations))


@given(st.sampled_from(["module", "captures"]), st.sampled_from(["loop", "iterations"]))
def test_other_terms_have_another_hash(name: str, number: str) -> None:
    terms = descriptor()

    assert run_hash(msgspec.structs.replace(terms, **{name: digest(b"x")})) != run_hash(terms)
    assert run_hash(msgspec.structs.replace(terms, **{number: 999})) != run_hash(terms)


def test_a_restarted_requester_comes_to_the_same_run() -> None:
    terms = run_hash(descriptor())

    assert run_id(digest(b"p"), digest(b"a"), 1, terms) == run_id(
        digest(b"p"), digest(b"a"), 1, terms
    )
    assert run_id(digest(b"p"), digest(b"a"), 1, terms) != run_id(
        digest(b"p"), digest(b"a"), 2, terms
    )


def test_a_leaf_binds_every_part_of_a_result() -> None:
    terms = run_hash(descriptor())
    result = ChunkResult(chunk=1, iterations_done=2, tape_hash=digest(b"t"), operations=3)
    others = [
        ChunkResult(chunk=2, iterations_done=2, tape_hash=digest(b"t"), operations=3),
        ChunkResult(chunk=1, iterations_done=1, tape_hash=digest(b"t"), operations=3),
        ChunkResult(chunk=1, iterations_done=2, tape_hash=digest(b"u"), operations=3),
        ChunkResult(chunk=1, iterations_done=2, tape_hash=digest(b"t"), operations=4),
    ]

    assert len({chunk_leaf(terms, each) for each in [result, *others]}) == 5


@given(st.lists(st.integers(0, 10**12), max_size=20), st.integers(0, 10**6))
def test_flushing_often_does_not_change_the_price(operations: list[int], price: int) -> None:
    amounts = [cost_credits(sum(operations[:count]), price) for count in range(len(operations) + 1)]

    assert amounts == sorted(amounts)
    assert amounts[-1] == cost_credits(sum(operations), price)


def test_a_certificate_ends() -> None:
    certificate = certify(FakeSigner("root"), FakeSigner("working").key, 0, 1_000)

    assert certificate_holds(certificate, 999, FakeVerifier())
    assert not certificate_holds(certificate, 1_000, FakeVerifier())


def test_a_certificate_binds_its_key() -> None:
    certificate = certify(FakeSigner("root"), FakeSigner("working").key, 0, 1_000)
    stolen = msgspec.structs.replace(certificate, working_key=FakeSigner("thief").key)

    assert not certificate_holds(stolen, 0, FakeVerifier())
