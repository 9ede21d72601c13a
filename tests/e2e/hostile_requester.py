"""A requester that means harm: `python -m tests.e2e.hostile_requester DEED ADDRESS SECONDS`. For tests alone.

It speaks the protocol as it should, announces, grants and pays, but what it has computed is meant to hurt. It prints
how many chunks became final.
"""

import asyncio
import json
import os
import random
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.node.memory_node import MemoryNode, honest_pool, until
from tests.sandbox.modules import assemble, slice_module, slice_text

from meshnode.ledger import CreditLimits
from meshnode.ledger.limits import CREDITS_MAX
from meshnode.node.network.libp2p_host import Libp2pNetwork
from meshnode.node.network.memory import MemoryHub
from meshnode.node.network.port import Network
from meshnode.node.slice_work import SliceWork
from meshnode.protocol.run_terms import HomePolicy, RunTerms
from meshnode.protocol.values import (
    ABI_VERSION,
    METERING_VERSION,
    PROFILE,
    RunDescriptor,
    RunId,
    mesh_id,
    run_hash,
)
from meshnode.sandbox import OUTPUT_BYTES_MAX, slice_profile

MIB = 1 << 20
PRICE = 1_000

ENDLESS = "(loop $again (br $again))"
FILL = """
  (local.set $b (i32.const 1048576))
  (block $done (loop $next
    (br_if $done (i32.ge_u (local.get $b) (i32.const {stop})))
    (memory.fill (local.get $b) (i32.const 7) (i32.const 1048576))
    (local.set $b (i32.add (local.get $b) (i32.const 1048576)))
    (br $next)))"""
"""Writes every byte of the memory from 1 MiB on."""


class MeshRequester(MemoryNode):
    """The test node on the real network."""

    mesh = mesh_id("meshnode")
    limits = CreditLimits(pool_credits=1, trusted=(), own_credits=CREDITS_MAX)

    def make_network(self) -> Network:
        return Libp2pNetwork(self.keys.working, ["/ip4/127.0.0.1/tcp/0"])


@dataclass(frozen=True)
class Deed:
    """What is asked of the victim."""

    module: bytes
    operations_max: int = 2_000_000_000
    memory_bytes: int = 64 * MIB
    captures: bytes = bytes(8)
    runs: int = 1


def memory_bomb(size: int) -> str:
    return FILL.format(stop=size - MIB)


def deeds() -> dict[str, Deed]:
    """Give all of them by name; assembling the modules takes a moment."""
    forbidden = (
        '(module (import "wasi_snapshot_preview1" "path_open" (func (param i32) (result i32)))'
    )
    endless = slice_module(f"{ENDLESS} (unreachable)")
    load_bomb = f"(func $bomb (local $b i32) {memory_bomb(512 * MIB)})"
    zeros_of_200_mib = f"(i64.const {2 * MIB << 32 | 200 * MIB})"
    return {
        "import": Deed(assemble(slice_text().replace("(module", forbidden, 1))),
        "start": Deed(slice_module(more="(func $begin) (start $begin)")),
        "grow": Deed(slice_module("(drop (memory.grow (i32.const 60000))) (i64.const 0)")),
        "garbage": Deed(os.urandom(MIB)),
        "large": Deed(bytes(64 * MIB)),
        "loop": Deed(endless),
        "load-loop": Deed(slice_module(load=ENDLESS)),
        "dear-loop": Deed(endless, operations_max=10**14),
        "memory": Deed(
            slice_module(f"{memory_bomb(1024 * MIB)} (i64.const 0)"), memory_bytes=1024 * MIB
        ),
        "load-memory": Deed(
            slice_module(more=load_bomb, load="(call $bomb)"), memory_bytes=512 * MIB
        ),
        "all-memory": Deed(slice_module(), memory_bytes=64 << 40),
        "tape": Deed(slice_module(zeros_of_200_mib), memory_bytes=256 * MIB),
        "false-tape": Deed(slice_module("(i64.const -1)")),
        "captures": Deed(slice_module(), captures=bytes(200 * MIB), memory_bytes=512 * MIB),
        "runs": Deed(slice_module(), runs=300),
    }


async def ask(node: MeshRequester, wanted: Deed) -> None:
    """Start runs without looking at what they are, as the product would."""
    parts = node.runs._parts.requester
    descriptor = RunDescriptor(
        abi_version=ABI_VERSION,
        metering_version=METERING_VERSION,
        profile=PROFILE,
        module=await parts.blobs.put(wanted.module),
        captures=await parts.blobs.put(wanted.captures),
        loop=0,
        iterations=8,
        chunk_length=1,
        operations_max=wanted.operations_max,
        memory_bytes=wanted.memory_bytes,
    )
    for _ in range(wanted.runs):
        terms = RunTerms(
            run=RunId(random.randbytes(32)),
            descriptor=descriptor,
            requester=node.keys.identity,
            quorum=1,
            home=HomePolicy.NEVER,
            home_cores=1,
            price_max=PRICE,
            operations_per_chunk=min(wanted.operations_max, 10**9),
            module_bytes=len(wanted.module),
            captures_bytes=len(wanted.captures),
            tape_bytes_max=OUTPUT_BYTES_MAX,
            addresses=node.network.addresses()[:4],
        )
        profile = slice_profile(64 * MIB, 10**9)
        work = SliceWork(
            key=run_hash(descriptor), module=b"", captures=b"", profile=profile, loop=0
        )
        await node.runs.start("job", terms, work)


async def main(name: str, address: str, seconds: float) -> None:
    wanted = deeds()[name]
    folder = Path(tempfile.mkdtemp())
    node = MeshRequester(MemoryHub(), folder, honest_pool, cores=0)
    async with asyncio.TaskGroup() as group:
        await node.start(group)
        await node.network.connect(address)
        await until(lambda: bool(node.links.peers()))
        await ask(node, wanted)
        await asyncio.sleep(seconds)
        finals = sum(driver.chunks_done for driver in tuple(node.runs._drivers.values()))
        sys.stdout.write(json.dumps({"count": finals}) + "\n")
        sys.stdout.flush()
        os._exit(0)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], float(sys.argv[3])))
