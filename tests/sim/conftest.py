"""`--seed N` plays one seed; without it the marked run plays SEEDS."""

import pytest

SEEDS = 200
QUICK_SEEDS = 4


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seed", type=int, default=None, help="play this simulator seed only")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" not in metafunc.fixturenames:
        return
    chosen: int | None = metafunc.config.getoption("--seed", default=None)
    if chosen is not None:
        metafunc.parametrize("seed", [chosen])
    elif metafunc.definition.get_closest_marker("sim") is not None:
        metafunc.parametrize("seed", range(SEEDS))
    else:
        metafunc.parametrize("seed", range(1_000, 1_000 + QUICK_SEEDS))
