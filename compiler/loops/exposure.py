"""Which outer variables an iteration overwrites wholly before it reads them: private to it all the same.

Only whole assignments count; a partly overwritten variable is exposed.
"""

from meshnode.compiler import ir
from meshnode.compiler.loops.walk import MutationOracle, access_of, path_of, places_read

Locals = frozenset[ir.LocalId]


def overwritten_first(
    body: ir.Block, outer: set[ir.LocalId], leaving: frozenset[ir.Break], oracle: MutationOracle
) -> Locals:
    """Give those of `outer` whose value at the iteration's start is never used in it.

    What `leaving` has leaves the loop itself: after it home goes on with what it has.
    """
    flow = _Flow(frozenset(outer), leaving, oracle)
    assigned = flow.block(body, frozenset())
    at_end = assigned if assigned is not None else frozenset(outer)
    for state in flow.at_exits:
        at_end &= state
    return frozenset(outer) - flow.exposed & at_end


class _Flow:
    """Walks forward with the variables assigned so far; None stands for a point that is not reached."""

    def __init__(self, outer: Locals, leaving: frozenset[ir.Break], oracle: MutationOracle) -> None:
        self._outer = outer
        self._leaving = leaving
        self._oracle = oracle
        self.exposed: Locals = frozenset()
        self.at_exits: list[Locals] = []

    def block(self, block: ir.Block, assigned: Locals | None) -> Locals | None:
        """Walk a block; give what is assigned at its end."""
        for statement in block:
            if assigned is None:
                return None
            assigned = self._statement(statement, assigned)
        return assigned

    def _statement(self, statement: ir.Statement, assigned: Locals) -> Locals | None:
        if not isinstance(statement, ir.Drop):
            self._expose(statement, assigned)
        match statement:
            case ir.If():
                return _join(
                    self.block(statement.then, assigned), self.block(statement.otherwise, assigned)
                )
            case ir.Scope():
                return self.block(statement.body, assigned)
            case ir.ForRange() | ir.While():
                before = assigned
                if isinstance(statement, ir.While):
                    before = self.block(statement.prepare, assigned) or assigned
                self.block(statement.body, before)
                self.block(statement.otherwise, assigned)
                return assigned
            case ir.Try():
                self.block(statement.body, assigned)
                self.block(statement.handler, assigned)
                self.block(statement.otherwise, assigned)
                return assigned
            case ir.Break() if statement in self._leaving:
                return None
            case ir.Break() | ir.Continue():
                self.at_exits.append(assigned)
                return None
            case ir.Return() | ir.Raise():
                return None
            case _:
                return assigned | self._wholly_assigned(statement)

    def _expose(self, statement: ir.Statement, assigned: Locals) -> None:
        access = access_of(statement, self._oracle)
        used = {p.local for place in places_read(statement, self._oracle) if (p := path_of(place))}
        parts = {
            p.local
            for place in access.assigned
            if not isinstance(place, ir.LocalPlace) and (p := path_of(place))
        }
        self.exposed |= (used | parts) & self._outer - assigned

    def _wholly_assigned(self, statement: ir.Statement) -> Locals:
        places = access_of(statement, self._oracle).assigned
        return frozenset(p.local for p in places if isinstance(p, ir.LocalPlace)) & self._outer


def _join(one: Locals | None, other: Locals | None) -> Locals | None:
    if one is None:
        return other
    return one if other is None else one & other
