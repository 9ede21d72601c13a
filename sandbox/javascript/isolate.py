"""The adaptor to mini-racer (V8); only child processes import it.

It uses the package's C interface and not its Python classes. Those take four changes of thread for
each evaluation, and here one evaluation starts the next in V8's own thread: 26 us instead of 180.
"""

import ctypes
import queue
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from py_mini_racer._dll import init_mini_racer, mr_callback_func

if TYPE_CHECKING:
    from py_mini_racer._dll import RawValueHandleTypeImpl
    from py_mini_racer._value_handle import RawValueHandleType

_FLAGS = (
    "--single-threaded",
    "--random-seed=1",
    "--hash-seed=1",
    "--max-heap-size=4096",
    "--wasm-sync-tier-up",
    "--stack-size=3500",
    "--no-enable-fma3",
    "--no-enable-avx-vnni",
    "--no-enable-avx-vnni-int8",
)
"""One thread, for the sake of equal results and of the jail: a filter of system calls holds for a
thread and for those that it starts. V8's own limit of the heap would depend on the machine. With
the last three, WebAssembly's relaxed SIMD gives the same numbers on every x86-64 processor.
"""
_STRING, _SHARED_BUFFER = 5, 101
_OUT_OF_MEMORY = 202
"""Types of values (py_mini_racer/_objects.py)."""
_TASK = 1
"""Number of our only kind of callback."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an evaluation came to."""

    text: str | None
    """The value, if it is a string and nothing was thrown."""
    is_out_of_memory: bool
    """The heap's limit was reached, in this evaluation or in the microtasks behind the last one."""


Next = Callable[[Answer], str | None]
"""Takes an answer, in V8's thread; returns the next script, or None to end the run."""


def load_engine() -> ctypes.CDLL:
    """Load V8 with its data, which are files: after this no file is needed any more."""
    return init_mini_racer(flags=_FLAGS, ignore_duplicate_init=True)


class Isolate:
    """One V8 isolate with one context. Used by one thread."""

    def __init__(self, heap_bytes_max: int) -> None:
        self._engine = load_engine()
        self._callback = mr_callback_func(self._answered)
        self._next: Next = _end
        self._ended: queue.SimpleQueue[BaseException | None] = queue.SimpleQueue()
        self._context = self._engine.mr_init_context(self._callback)
        self._engine.mr_set_hard_memory_limit(self._context, heap_bytes_max)
        self._kept_state: int | None = None
        self._script = ""
        self._handle = self._allocate(self._script)
        self.shared = ctypes.c_uint32()
        """First word of the last SharedArrayBuffer that an evaluation gave; for `close` to free."""

    def run(self, script: str, answered: Next) -> None:
        """Begin to evaluate a script, and one after the other those that `answered` returns."""
        self._next = answered
        self._evaluate(script)

    def wait(self, seconds: float | None) -> bool:
        """Wait until the run has ended; False if it has not. Raises what `answered` raised."""
        try:
            raised = self._ended.get(timeout=seconds)
        except queue.Empty:
            return False
        if raised is not None:
            raise raised
        return True

    def close(self) -> None:
        """Free the isolate, in which nothing runs."""
        self._engine.mr_free_context(self._context)

    def _evaluate(self, script: str) -> None:
        if script != self._script:  # mostly the same step again
            self._engine.mr_free_value(self._context, self._handle)
            self._script, self._handle = script, self._allocate(script)
        self._engine.mr_eval(self._context, self._handle, _TASK)

    def _allocate(self, script: str) -> "RawValueHandleType":
        text = script.encode()
        handle: RawValueHandleType = self._engine.mr_alloc_string_val(
            self._context, text, len(text), _STRING
        )
        return handle

    def _answered(self, callback_id: int, raw_val_handle: "RawValueHandleType") -> None:
        assert callback_id == _TASK
        if self._kept_state is None:
            # V8's thread would get a new Python state for each call, which takes half of the time.
            self._kept_state = ctypes.pythonapi.PyGILState_Ensure()
        raised: BaseException | None = None
        try:
            script = self._next(self._read(raw_val_handle))
            if script is not None:
                self._evaluate(script)
                return
        except BaseException as err:  # noqa: BLE001 (the thread is V8's: `wait` raises it)
            raised = err
        ctypes.pythonapi.PyGILState_Release(self._kept_state)
        self._kept_state = None
        self._ended.put(raised)

    def _read(self, raw: "RawValueHandleType") -> Answer:
        value = cast("RawValueHandleTypeImpl", raw).contents
        if value.type == _SHARED_BUFFER:
            self.shared = ctypes.c_uint32.from_address(value.value.value_ptr)
            return Answer(None, is_out_of_memory=False)
        text = None
        if value.type == _STRING:
            text = ctypes.string_at(value.value.bytes_val, value.len).decode()
        lacked = value.type == _OUT_OF_MEMORY or self._engine.mr_hard_memory_limit_reached(
            self._context
        )
        self._engine.mr_free_value(self._context, raw)
        return Answer(text, is_out_of_memory=bool(lacked))


def _end(_: Answer) -> None:
    """End a run at once."""
