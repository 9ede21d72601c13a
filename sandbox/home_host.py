"""Inside a child: one home program, whose imports become calls to the owner.

A call from WebAssembly to the owner and back takes some 100 us, so printed text is collected and
sent when it is long enough, before any other call, and at the latest after a moment by a thread.
"""

import queue
import threading
from collections.abc import Callable

import wasmtime

from meshnode.sandbox import limits
from meshnode.sandbox.engine import Compiler, HostExhausted, HostFunction, Instance
from meshnode.sandbox.errors import ModuleRefused
from meshnode.sandbox.frames import Answer, NoResult, Refused, RunHome, Started
from meshnode.sandbox.line_costs import LineCounters
from meshnode.sandbox.outcome import (
    ArgsAsked,
    Closed,
    Distribute,
    Exited,
    NextAsked,
    Printed,
    TimeAsked,
)
from meshnode.sandbox.prepare import prepare_counted


class _ProgramExit(Exception):  # noqa: N818 (control flow: unwinds the program)
    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class HomeHost:
    """Runs one program at a time; `send` gives messages to the owner."""

    def __init__(self, send: Callable[[Answer], None]) -> None:
        self._printer = _Printer(send)
        self._compiler = Compiler()
        self._replies: queue.SimpleQueue[int | bytes] = queue.SimpleQueue()
        self._instance: Instance | None = None

    def reply(self, value: int | bytes) -> None:
        """Take the owner's answer; called by the thread that reads requests."""
        self._replies.put(value)

    def run(self, request: RunHome) -> None:
        """Run `mesh_main` to its end, and tell the owner how it ended."""
        try:
            module, counters = self._prepared(request)
        except ModuleRefused as err:
            self._printer.send(Refused(str(err)))
            return
        self._printer.send(Started())
        instance = self._instance = Instance(self._compiler.engine, module, self._imports())
        code, trap_reason = 0, None
        try:
            instance.call("mesh_main")
        except _ProgramExit as exit_:
            code = exit_.code
        except wasmtime.Trap as trap:
            try:
                trap_reason = instance.trap_reason(trap)
            except HostExhausted as err:
                self._printer.send(NoResult(str(err)))
                return
        operations = request.profile.operations_max - instance.operations_left(trap_reason)
        costs = () if counters is None else counters.costs(instance.get_global)
        self._printer.send(Exited(code, operations, trap_reason, costs))

    def _prepared(self, request: RunHome) -> tuple[wasmtime.Module, LineCounters | None]:
        if request.lines is None:
            return self._compiler.prepare(request.module, request.profile, "home").module, None
        binary, counters = prepare_counted(request.module, request.profile, request.lines)
        return self._compiler.compile_once(binary), counters

    def _imports(self) -> dict[str, HostFunction]:
        return {
            "print": self._print,
            "distribute": self._distribute,
            "next": self._next,
            "close": self._close,
            "args": self._args,
            "exit": self._exit,
            "time": self._time,
        }

    # Arguments are those of `abi.HOME_IMPORTS`; the engine has checked their number.

    def _print(self, *arguments: int) -> None:
        descriptor, address, size = arguments
        self._printer.add(descriptor, self._read(address, size))

    def _distribute(self, *arguments: int) -> int:
        loop, count, address, size = arguments
        self._printer.send(Distribute(loop, count, self._read(address, size)))
        return self._number()

    def _next(self, *arguments: int) -> int:
        self._printer.send(NextAsked(arguments[0]))
        return self._placed()

    def _close(self, *arguments: int) -> None:
        self._printer.send(Closed(arguments[0]))

    def _args(self, *_: int) -> int:
        self._printer.send(ArgsAsked())
        return self._placed()

    def _time(self, *_: int) -> int:
        self._printer.send(TimeAsked())
        return self._number()

    def _exit(self, *arguments: int) -> None:
        raise _ProgramExit(arguments[0])

    def _read(self, address: int, size: int) -> bytes:
        assert self._instance is not None
        data = self._instance.read(address & 0xFFFF_FFFF, size & 0xFFFF_FFFF)
        if data is None:
            raise wasmtime.Trap("out of bounds memory access")
        return data

    def _number(self) -> int:
        value = self._replies.get()
        assert isinstance(value, int)
        return value

    def _placed(self) -> int:
        """Put the owner's bytes into the program's memory: address << 32 | size, as signed."""
        assert self._instance is not None
        value = self._replies.get()
        assert isinstance(value, bytes)
        packed = self._instance.place(value) << 32 | len(value)
        return packed - (1 << 64) if packed >= 1 << 63 else packed


class _Printer:
    """Collects printed text; keeps it in order with everything else that is sent."""

    def __init__(self, send: Callable[[Answer], None]) -> None:
        self._send = send
        self._lock = threading.Lock()
        self._pending = threading.Event()
        self._descriptor = 1
        self._parts: list[bytes] = []
        self._size = 0
        threading.Thread(target=self._flush_late, daemon=True).start()

    def add(self, descriptor: int, text: bytes) -> None:
        """Print."""
        with self._lock:
            if descriptor != self._descriptor:
                self._flush()
                self._descriptor = descriptor
            self._parts.append(text)
            self._size += len(text)
            if self._size >= limits.PRINT_BUFFER_BYTES:
                self._flush()
        self._pending.set()

    def send(self, answer: Answer) -> None:
        """Send something else, after all that was printed before it."""
        with self._lock:
            self._flush()
            self._send(answer)

    def _flush(self) -> None:
        if self._parts:
            self._send(Printed(self._descriptor, b"".join(self._parts)))
            self._parts.clear()
            self._size = 0

    def _flush_late(self) -> None:
        pause = threading.Event()
        while True:
            self._pending.wait()
            self._pending.clear()
            pause.wait(limits.PRINT_DELAY_MS_MAX / 1000)
            with self._lock:
                self._flush()
