"""The back ends of the network, made alike for the conformance suite."""

from collections.abc import Awaitable, Callable, Sequence
from hashlib import sha256
from typing import Protocol

from meshnode.node.keys import WorkingKey
from meshnode.node.network.libp2p_host import Libp2pNetwork
from meshnode.node.network.memory import MemoryHub, MemoryNetwork
from meshnode.node.network.port import Network


class Mesh(Protocol):
    """Makes networks that can reach one another."""

    def make(self, name: str, bootstrap: Sequence[str] = (), listen: str = "") -> Network: ...


class MemoryMesh:
    def __init__(self) -> None:
        self._hub = MemoryHub()

    def make(self, name: str, bootstrap: Sequence[str] = (), listen: str = "") -> Network:
        assert not listen or listen == "/memory/hub"
        return MemoryNetwork(self._hub, key_of(name).key, bootstrap)


class Libp2pMesh:
    def make(self, name: str, bootstrap: Sequence[str] = (), listen: str = "") -> Network:
        return Libp2pNetwork(key_of(name), [listen or "/ip4/127.0.0.1/tcp/0"], bootstrap)


def key_of(name: str) -> WorkingKey:
    """Make the same key for a name each time."""
    return WorkingKey(sha256(name.encode()).digest())


MESHES: dict[str, Callable[[], Mesh]] = {"memory": MemoryMesh, "libp2p": Libp2pMesh}

Stop = Callable[[], Awaitable[None]]
