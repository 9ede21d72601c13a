"""What was found out about functions that stay: the same objects in many modules, with the same structs around them."""

from collections.abc import Callable
from typing import Generic, TypeVar

from meshnode.compiler import ir

T = TypeVar("T")

Stays = Callable[[ir.Function], bool]


def nothing_stays(_: ir.Function) -> bool:
    """Tell that every module has functions of its own."""
    return False


class Stable(Generic[T]):
    """One fact about each such function."""

    def __init__(self, stays: Stays = nothing_stays) -> None:
        self._stays = stays
        self._known: dict[ir.FunctionId, tuple[ir.Function, T]] = {}

    def get(self, function: ir.Function) -> T | None:
        """Give the fact, if it is known."""
        found = self._known.get(function.function)
        return found[1] if found is not None and found[0] is function else None

    def put(self, function: ir.Function, fact: T) -> None:
        """Keep the fact, if its function stays."""
        if self._stays(function):
            self._known[function.function] = (function, fact)

    def find(self, function: ir.Function, make: Callable[[ir.Function], T]) -> T:
        """Give the fact, and find it out if it is not known."""
        fact = self.get(function)
        if fact is None:
            fact = make(function)
            self.put(function, fact)
        return fact
