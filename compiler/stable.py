"""What was found out about functions that stay: the same objects in many modules, with the same structs around them."""

from collections.abc import Callable, Mapping
from typing import Generic, Protocol, TypeVar

import msgspec
from msgspec.msgpack import Decoder

from meshnode.compiler import ir

T = TypeVar("T")

Stays = Callable[[ir.Function], bool]
Encoded = Mapping[ir.FunctionId, msgspec.Raw]
"""Facts as MessagePack; each is read when it is wanted."""


def nothing_stays(_: ir.Function) -> bool:
    """Tell that every module has functions of its own."""
    return False


class Stable(Generic[T]):
    """One fact about each such function; `kept` are those that an earlier one, of the same functions, gave."""

    def __init__(
        self, decoder: Decoder[T], stays: Stays = nothing_stays, kept: Encoded | None = None
    ) -> None:
        self._decoder = decoder
        self._stays = stays
        self._kept = dict(kept or {})
        self._known: dict[ir.FunctionId, tuple[ir.Function, T]] = {}

    def __len__(self) -> int:
        return len(self._kept.keys() | self._known.keys())

    def get(self, function: ir.Function) -> T | None:
        """Give the fact, if it is known."""
        name = function.function
        found = self._known.get(name)
        if found is not None:
            return found[1] if found[0] is function else None
        if name not in self._kept or not self._stays(function):
            return None
        fact = self._decoder.decode(self._kept[name])
        self._known[name] = (function, fact)
        return fact

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

    def encoded(self) -> dict[ir.FunctionId, msgspec.Raw]:
        """Give all facts as MessagePack."""
        new = {
            name: msgspec.Raw(msgspec.msgpack.encode(fact))
            for name, (_, fact) in self._known.items()
            if name not in self._kept
        }
        return {**self._kept, **new}


class _Kind(Protocol):
    """A Stable of any type."""

    def __len__(self) -> int: ...
    def encoded(self) -> dict[ir.FunctionId, msgspec.Raw]: ...


class Facts:
    """Facts of several kinds, each by its name; `kept` are those that an earlier one gave."""

    def __init__(
        self, stays: Stays = nothing_stays, kept: Mapping[str, Encoded] | None = None
    ) -> None:
        self._stays = stays
        self._kept = kept or {}
        self._kinds: dict[str, _Kind] = {}

    def __len__(self) -> int:
        return sum(map(len, self._kinds.values()))

    def of(self, name: str, decoder: Decoder[T]) -> Stable[T]:
        """Begin one kind of facts."""
        kind = Stable(decoder, self._stays, self._kept.get(name))
        self._kinds[name] = kind
        return kind

    def encoded(self) -> dict[str, dict[ir.FunctionId, msgspec.Raw]]:
        """Give all as MessagePack."""
        return {name: kind.encoded() for name, kind in self._kinds.items()}
