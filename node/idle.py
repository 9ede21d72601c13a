"""Whether this machine is idle: other programs' load and the owner's recent input decide (Linux's /proc and /dev).

`IdleWatch` samples; the decision is the pure function `contribution`.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from meshnode.node.config import Config

CALM_S = 10.0
"""Work is taken up again after so long a calm: a person's use comes in bursts, and so does other programs' load."""

SAMPLE_EVERY_S = 0.5
"""Work must pause within a second of the owner's return."""

_INPUT_FOLDERS = (Path("/dev/pts"), Path("/dev"))


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineUse:
    """What others do with this machine."""

    others_load_percent: int
    """Processor time of programs other than meshnode since the last sample, in per cent of one core."""
    input_age_s: int | None
    """Seconds since a terminal or keyboard was last used; None where that cannot be known."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """Whether to compute for others now."""

    may_work: bool
    reason: str
    """For `meshnode status`."""


def contribution(config: Config, use: MachineUse) -> Contribution:
    """Decide whether this node computes for others now, and say why."""
    match config.contribute:
        case "always":
            return Contribution(may_work=True, reason='`contribute` is "always"')
        case "never":
            return Contribution(may_work=False, reason='`contribute` is "never"')
        case "idle":
            return _while_idle(config, use)


def _while_idle(config: Config, use: MachineUse) -> Contribution:
    if use.others_load_percent > config.idle_load_percent:
        return Contribution(
            may_work=False,
            reason=f"other programs use {use.others_load_percent} % of a core (limit {config.idle_load_percent} %)",
        )
    if use.input_age_s is not None and use.input_age_s < config.idle_input_s:
        return Contribution(
            may_work=False,
            reason=f"the owner was active {use.input_age_s} s ago (limit {config.idle_input_s} s)",
        )
    return Contribution(may_work=True, reason="the machine is idle")


class IdleWatch:
    """Samples the machine's use. Calls read a few files under /proc: call it every SAMPLE_EVERY_S, not more often."""

    def __init__(self) -> None:
        self._busy_s = _busy_s()
        self._own_s = _own_s()
        self._at_s = time.monotonic()

    def sample(self) -> MachineUse:
        """Return the use since the last sample."""
        busy_s, own_s, at_s = _busy_s(), _own_s(), time.monotonic()
        elapsed_s = max(at_s - self._at_s, 0.01)
        others_s = max((busy_s - self._busy_s) - (own_s - self._own_s), 0.0)
        self._busy_s, self._own_s, self._at_s = busy_s, own_s, at_s
        return MachineUse(
            others_load_percent=round(100 * others_s / elapsed_s),
            input_age_s=_input_age_s(_terminals()),
        )


def _busy_s() -> float:
    times = psutil.cpu_times()
    return float(
        times.user
        + times.system
        + times.nice
        + getattr(times, "irq", 0)
        + getattr(times, "softirq", 0)
    )


def _own_s() -> float:
    """Processor seconds of this process and its children, ended ones included."""
    me = psutil.Process()
    total = sum(me.cpu_times()[:4])
    for child in me.children(recursive=True):
        try:
            total += sum(child.cpu_times()[:2])
        except psutil.Error:
            continue
    return float(total)


def _terminals() -> list[Path]:
    return [
        path
        for folder in _INPUT_FOLDERS
        for path in folder.glob("tty[0-9]*" if folder.name == "dev" else "[0-9]*")
    ]


def _input_age_s(devices: Sequence[Path]) -> int | None:
    """Seconds since a terminal was last read: its access time is when its user last typed (as in w(1))."""
    times: list[float] = []
    for device in devices:
        try:
            times.append(device.stat().st_atime)
        except OSError:
            continue
    if not times:
        return None
    now_s = time.clock_gettime(time.CLOCK_REALTIME)
    return max(0, int(now_s - max(times)))
