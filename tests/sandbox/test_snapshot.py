"""The state after `mesh_load`, by each of its ways."""

import os

import pytest
from tests.sandbox.modules import slice_module

from meshnode.sandbox import prepare_module, slice_profile
from meshnode.sandbox.engine import Compiler, Instance
from meshnode.sandbox.snapshot import (
    bake_snapshot,
    open_page_map,
    restore_snapshot,
    take_snapshot,
)

MEMORY_BYTES = 8 << 20
LOAD = """
  (i64.store (i32.const 5000000) (i64.const -2))
  (i32.store8 (i32.const 1042) (i32.const 0))
  (global.set $wide (i64.const -1234567890123))"""
"""Writes far away, over the module's own data (with zero), and a global."""


@pytest.fixture(scope="module")
def compiler() -> Compiler:
    return Compiler()


@pytest.fixture(scope="module")
def prepared() -> bytes:
    module = slice_module(load=LOAD, more="(global $wide (mut i64) (i64.const 5))")
    return prepare_module(module, slice_profile(MEMORY_BYTES, 1 << 40))


def state(instance: Instance) -> tuple[bytes | None, list[int]]:
    names = [name for name in instance.global_names() if "global" in name]
    return instance.read(0, MEMORY_BYTES), [instance.get_global(name) for name in names]


@pytest.mark.parametrize("source", ["page map", "comparison"])
@pytest.mark.parametrize("way", ["baked", "copied"])
def test_a_fresh_instance_comes_into_the_loaded_state(
    compiler: Compiler, prepared: bytes, source: str, way: str
) -> None:
    module = compiler.compile_once(prepared)
    loaded = Instance(compiler.engine, module, {})
    address = loaded.place(b"captures")
    loaded.call("mesh_load", address, 8)
    page_map = open_page_map() if source == "page map" else None

    snapshot = take_snapshot(loaded, Instance(compiler.engine, module, {}), page_map)
    if way == "baked":
        baked = compiler.compile_once(bake_snapshot(prepared, snapshot))
        fresh = Instance(compiler.engine, baked, {})
    else:
        fresh = Instance(compiler.engine, module, {})
        restore_snapshot(fresh, snapshot)

    assert state(fresh) == state(loaded)
    assert state(fresh) != state(Instance(compiler.engine, module, {}))
    assert snapshot.size < 1 << 20
    if page_map is not None:
        os.close(page_map)
