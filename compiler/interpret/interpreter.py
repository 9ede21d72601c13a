"""The interpreter of the typed IR: runs functions exactly as the modules made of them would, within bounds.

Each function is compiled once, when it is first called, into Python closures (`statements.py`,
`expressions.py`); there is no code generation and no walk over the tree while it runs. Locals are in the
frame, or in a linear memory (`memory.py`) if they are structs or something holds their address, so that raw
pointers, the prelude's allocator and the tapes of split loops work as they are.

Differences from a module: addresses, the bits of NaNs, and what wild pointers do.
"""

import struct
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from meshnode.compiler import ir, limits
from meshnode.compiler.interpret.calls import Linked
from meshnode.compiler.interpret.functions import compile_function
from meshnode.compiler.interpret.machine import (
    Bounds,
    Cause,
    Host,
    Machine,
    Raised,
    Stopped,
    unknown,
)
from meshnode.compiler.interpret.memory import Memory, StaticsFull, UnknownType


class Interpreter:
    """Runs functions of one program over one memory.

    `functions` and `structs` may still grow; what a function reaches must be there when it is first called.
    """

    def __init__(
        self,
        functions: Mapping[ir.FunctionId, ir.Function],
        structs: Mapping[ir.StructId, ir.StructDefinition],
        host: Host | None,
        bounds: Bounds | None = None,
    ) -> None:
        bounds = bounds or Bounds()
        self.memory = Memory(bounds.memory_bytes)
        self._machine = Machine(functions, structs, self.memory, host, bounds)
        self._linked: dict[ir.FunctionId, Linked] = {}

    def reset(self) -> None:
        """Make memory as new: the next call is that of a fresh instance."""
        self.memory.reset()

    def is_half_full(self) -> bool:
        """Tell whether the program's allocator has taken half of the heap."""
        start = self.memory.cells
        taken = int.from_bytes(self.memory.bytes[start : start + 8], "little")
        return 2 * taken > self.memory.size + self.memory.heap_base

    def call(
        self, name: ir.FunctionId, *arguments: float, result: int | None = None, steps: int = 0
    ) -> float | Raised:
        """Call a function; `result` is where a struct result goes, `steps` a bound of its own if not 0.

        Raises:
            Stopped: the function did not come to its end.
        """
        self._machine.restart()
        if steps:
            self._machine.steps = steps
        given = arguments if result is None else (*arguments, result)
        with _many_frames():
            try:
                return self._link(name).run(*given)
            except (IndexError, struct.error):
                raise Stopped(Cause.TRAP, "an address is outside of memory", None) from None
            except UnknownType:
                raise unknown("a value of this type") from None
            except StaticsFull:
                raise Stopped(Cause.MEMORY, "there is too much static data", None) from None
            except RecursionError:
                raise Stopped(Cause.CALLS, "calls are nested too deeply", None) from None

    def _link(self, name: ir.FunctionId) -> Linked:
        """Give a function that compiles itself when it is called first."""
        present = self._linked.get(name)
        if present is not None:
            return present

        def start(*arguments: float) -> float | Raised:
            linked.run = compile_function(self._machine, self._machine.functions[name], self._link)
            return linked.run(*arguments)

        linked = Linked(start)
        self._linked[name] = linked
        return linked


@contextmanager
def _many_frames() -> Iterator[None]:
    """Let Python nest calls as deeply as interpreted calls may need."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, limits.INTERPRETED_FRAMES_MAX))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
