"""Small modules for the sandbox's tests, as text.

`slice_module` wraps a `mesh_chunk` body in what ABI 1 demands; its tape is eight bytes an
iteration, appended by `$emit`, which also counts the iteration.
"""

import wasmtime

MEMORY_BYTES = 1 << 20
TAPE_BASE = 65_536

_SLICE = """(module
  (memory (export "memory") 2)
  (global (export "mesh_abi") i32 (i32.const 1))
  (global (export "mesh_progress") i32 (i32.const 1024))
  (global $heap (mut i32) (i32.const 131072))
  (data (i32.const 1040) "\\00\\00\\01\\00\\00\\00\\00\\00")
  (func $alloc (export "mesh_alloc") (param i32) (result i32)
    (global.get $heap)
    (global.set $heap (i32.add (global.get $heap) (local.get 0))))
  (func (export "mesh_load") (param $at i32) (param $size i32)
    (i32.store (i32.const 2048) (local.get $at))
    {load})
  (func $emit (param $value i64)
    (i64.store (i32.add (i32.const 65536) (i32.wrap_i64 (i64.load (i32.const 1032))))
      (local.get $value))
    (i64.store (i32.const 1032) (i64.add (i64.load (i32.const 1032)) (i64.const 8)))
    (i64.store (i32.const 1024) (i64.add (i64.load (i32.const 1024)) (i64.const 1))))
  (func $tape (result i64)
    (i64.or (i64.const 0x1000000000000) (i64.load (i32.const 1032))))
  {more}
  (func (export "mesh_chunk") (param $loop i32) (param $i i64) (param $stop i64) (result i64)
    (local $a i64) (local $b i32)
    {chunk}))"""

EMIT_SQUARES = """
  (block $done (loop $next
    (br_if $done (i64.ge_s (local.get $i) (local.get $stop)))
    (call $emit (i64.mul (local.get $i) (local.get $i)))
    (local.set $i (i64.add (local.get $i) (i64.const 1)))
    (br $next)))
  (call $tape)"""

FIBONACCI = """(func $fib (param i32) (result i32)
    (if (result i32) (i32.lt_s (local.get 0) (i32.const 2))
      (then (return (local.get 0)))
      (else (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1)))
                     (call $fib (i32.sub (local.get 0) (i32.const 2)))))))"""


def slice_text(chunk: str = EMIT_SQUARES, more: str = "", load: str = "") -> str:
    return _SLICE.format(chunk=chunk, more=more, load=load)


def slice_module(chunk: str = EMIT_SQUARES, more: str = "", load: str = "") -> bytes:
    return assemble(slice_text(chunk, more, load))


_HOME = """(module
  (import "mesh" "print" (func $print (param i32 i32 i32)))
  (import "mesh" "distribute" (func $distribute (param i32 i64 i32 i32) (result i32)))
  (import "mesh" "next" (func $next (param i32) (result i64)))
  (import "mesh" "close" (func $close (param i32)))
  (import "mesh" "args" (func $args (result i64)))
  (import "mesh" "exit" (func $exit (param i32)))
  (import "mesh" "time" (func $time (result i64)))
  (memory (export "memory") 2)
  (global (export "mesh_abi") i32 (i32.const 1))
  (global $heap (mut i32) (i32.const 131072))
  (data (i32.const 1024) "hello\\n")
  (func (export "mesh_alloc") (param i32) (result i32)
    (global.get $heap)
    (global.set $heap (i32.add (global.get $heap) (local.get 0))))
  (func $print_packed (param $packed i64)
    (call $print (i32.const 1) (i32.wrap_i64 (i64.shr_u (local.get $packed) (i64.const 32)))
      (i32.wrap_i64 (local.get $packed))))
  {more}
  (func (export "mesh_main") (local $i i32)
    {main}))"""


def home_module(main: str, more: str = "") -> bytes:
    return assemble(_HOME.format(main=main, more=more))


def assemble(text: str) -> bytes:
    return bytes(wasmtime.wat2wasm(text))


def square_tape(start: int, stop: int) -> bytes:
    return b"".join((i * i).to_bytes(8, "little") for i in range(start, stop))
