"""Chunks that the requester runs itself.

Disputes and checks always, others as the run's `HomePolicy` says.
"""

from meshnode.protocol.granting import split_straggler
from meshnode.protocol.limits import HOME_ATTEMPTS_MAX
from meshnode.protocol.requester_events import RunAtHome, StopAtHome, StoreReport
from meshnode.protocol.run_state import RunState, follow, is_closing
from meshnode.protocol.run_terms import HomePolicy, Report
from meshnode.protocol.values import ChunkResult

RATE_WEIGHT = 0.5
"""Weight of the newest measured time against the earlier ones."""


def run_at_home(state: RunState, now_ms: int) -> None:
    """Start chunks while cores are free; with nothing left to start, take from a straggler."""
    home = state.terms.requester
    while len(state.home_running) < state.terms.home_cores:
        if state.home_wanted:
            chunk = state.home_wanted.pop(0)
        elif state.terms.home is HomePolicy.NEVER or is_closing(state):
            return
        else:
            free = state.assignments.for_home(home)
            if free is None:
                if not state.home_running:
                    split_straggler(state, now_ms, home, 1 / max(1.0, state.home_chunk_ms))
                return
            chunk = free
        if chunk in state.home_running or chunk in state.verification.home_results:
            continue
        state.home_running[chunk] = now_ms
        state.assignments.hold([chunk], home)
        state.effects.append(RunAtHome(chunk=chunk))


def stop_at_home(state: RunState) -> None:
    """Give up what runs at home when the run has ended, but for disputes and checks."""
    for chunk in sorted(state.home_running.keys() - state.verification.wanted_at_home()):
        del state.home_running[chunk]
        state.assignments.release([chunk], state.terms.requester)
        state.effects.append(StopAtHome(chunk=chunk))


def take_home_result(state: RunState, now_ms: int, result: ChunkResult) -> None:
    """Store what home computed and let it decide; a result nobody waits for is ignored."""
    started_ms = state.home_running.pop(result.chunk, None)
    if started_ms is None:
        return
    spent_ms = max(1, now_ms - started_ms)
    earlier_ms = state.home_chunk_ms or spent_ms
    state.home_chunk_ms = RATE_WEIGHT * spent_ms + (1 - RATE_WEIGHT) * earlier_ms
    home = state.terms.requester
    state.tapes.add(result.tape_hash)
    report = Report(worker=home, lease=None, result=result)
    state.effects.append(StoreReport(report=report, tape=None))
    state.assignments.release([result.chunk], home)
    follow(state, state.verification.add_home(result))


def take_home_failure(state: RunState, chunk: int) -> bool:
    """Try a chunk again whose sandbox died; false when it has died too often."""
    if state.home_running.pop(chunk, None) is None:
        return True
    state.assignments.release([chunk], state.terms.requester)
    failures = state.home_failures.get(chunk, 0) + 1
    state.home_failures[chunk] = failures
    state.home_wanted.append(chunk)
    return failures < HOME_ATTEMPTS_MAX
