"""Whole meshes, each from one seed. A failure is repeated by `pytest -m sim tests/sim --seed N`."""

import pytest
from tests.sim import mesh

from meshnode.ledger import peer
from meshnode.protocol.run_terms import Standing

STEPS_MAX = 400
"""More effects than a node has in the small mesh."""


def play(seed: int) -> mesh.Mesh:
    try:
        return mesh.run(seed)
    except AssertionError as err:
        message = f"pytest -m sim tests/sim --seed {seed}: {err}"
        raise AssertionError(message) from err


@pytest.mark.sim
def test_a_mesh_keeps_its_properties(seed: int) -> None:
    play(seed)


def test_a_mesh_keeps_its_properties_on_a_few_seeds(seed: int) -> None:
    play(seed)


def test_the_same_seed_gives_the_same_trace() -> None:
    assert mesh.run(4).world.trace_hash() == mesh.run(4).world.trace_hash()


@pytest.mark.parametrize("index", [0, 1], ids=["requester", "worker"])
@pytest.mark.parametrize("offset", [0, 9])
def test_a_crash_before_any_effect_loses_nothing(index: int, offset: int) -> None:
    """The whole order of writing, on both sides: each effect is the one before which a node dies."""
    for count in range(offset, STEPS_MAX, 25):
        small = mesh.build_small(count)
        small.nodes[index].crashes_in = count

        mesh.play(small)


@pytest.mark.sim
@pytest.mark.parametrize("index", [0, 1], ids=["requester", "worker"])
def test_a_crash_before_each_effect_loses_nothing(index: int) -> None:
    for count in range(STEPS_MAX):
        small = mesh.build_small(count)
        small.nodes[index].crashes_in = count

        mesh.play(small)


def test_a_liar_is_unpaid_and_shunned() -> None:
    small = mesh.build_small(1)
    liar = small.nodes[-1]
    liar.lies = 1.0

    mesh.play(small)

    requester = small.nodes[0]
    assert requester.standings[liar.identity] is Standing.SHUNNED
    assert requester.ledger.balance(peer(liar.identity)).settled_credits == 0
