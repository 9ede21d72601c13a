"""Drop elaboration: which owned locals hold a value where, so that nothing drops what is certainly empty.

A local is empty from the start of its scope until something names it, and again once it is moved, dropped or handed
over to a callee. What is known is joined where ways meet: it *may* hold a value if it may on one of them, and *surely*
holds one if it does on all. Where it may and is not sure to, its memory tells: it is zero when it is empty. Locals that
are never in such doubt need no zeros at all.

The text is written in one pass, so that what a loop's later statements do to its earlier ones is not known when these
are written: whatever a loop may fill counts as held on every way out of it, and what it may empty as not sure.

(The same analysis as rustc's "maybe initialised" and its drop elaboration.)
"""

from collections.abc import Iterable

import msgspec

from meshnode.compiler import ir


class State(msgspec.Struct):
    """What is known at one place."""

    may: set[ir.LocalId]
    surely: set[ir.LocalId]

    def copy(self) -> "State":
        """Give one that changes by itself."""
        return State(set(self.may), set(self.surely))


class Jump(msgspec.Struct):
    """A block that is jumped to from several places, with what is known on arrival."""

    label: str
    state: State | None = None
    """None as long as nothing jumps there."""


class Loop(msgspec.Struct):
    """What a loop does to locals, as far as it is written, and what was known before it."""

    before: State
    filled: set[ir.LocalId] = msgspec.field(default_factory=set)
    emptied: set[ir.LocalId] = msgspec.field(default_factory=set)


class Holding:
    """What is known at the place that is being written."""

    def __init__(self, held: Iterable[ir.LocalId]) -> None:
        held = set(held)
        self.now = State(held, set(held))
        self.doubtful: set[ir.LocalId] = set()
        """Locals whose memory has to tell whether they hold a value."""
        self._loops: list[Loop] = []

    def fill(self, local: ir.LocalId) -> None:
        """Note that a local has a value now."""
        self.now.surely.add(local)
        self._may_hold(local)

    def touch(self, local: ir.LocalId) -> None:
        """Note that something may look at what a local holds, or put a part of a value there."""
        if local not in self.now.surely:
            self.doubt(local)

    def doubt(self, local: ir.LocalId) -> None:
        """Let memory tell whether a local holds a value."""
        self.doubtful.add(local)
        self._may_hold(local)

    def _may_hold(self, local: ir.LocalId) -> None:
        self.now.may.add(local)
        if self._loops:
            self._loops[-1].filled.add(local)

    def empty(self, local: ir.LocalId) -> None:
        """Note that nothing is left in a local."""
        self.now.may.discard(local)
        self.now.surely.discard(local)
        if self._loops:
            self._loops[-1].emptied.add(local)

    def must_drop(self, local: ir.LocalId) -> bool:
        """Tell whether there may be something to drop."""
        if local in self.now.surely:
            return True
        if local in self.now.may:
            self.doubtful.add(local)
            return True
        return False

    def arrive(self, jump: Jump) -> None:
        """Note a jump from here."""
        if jump.state is None:
            jump.state = self.now.copy()
        else:
            jump.state.may |= self.now.may
            jump.state.surely &= self.now.surely

    def start(self, jump: Jump) -> None:
        """Go on at a block that was jumped to."""
        self.now = State(set(), set()) if jump.state is None else jump.state.copy()

    def begin_loop(self) -> None:
        """Enter a loop."""
        self._loops.append(Loop(self.now.copy()))

    def end_loop(self, jumps: Iterable[Jump]) -> None:
        """Leave a loop; `jumps` are those that may have been made from within."""
        loop = self._loops.pop()
        self.now = loop.before
        states = [self.now, *(jump.state for jump in jumps if jump.state is not None)]
        for state in states:
            state.may |= loop.filled
            state.surely -= loop.emptied
        if self._loops:
            self._loops[-1].filled |= loop.filled
            self._loops[-1].emptied |= loop.emptied
