"""What one function's LLVM text refers to: constants, helpers, declarations, other functions.

Texts of functions do not depend on the module that they come into, so that one text serves several modules.
"""

import hashlib
from collections.abc import Container, Mapping
from typing import TYPE_CHECKING

import msgspec

from meshnode.compiler import ir
from meshnode.compiler.llvm.line_numbers import LineNumbers
from meshnode.compiler.llvm.text import function_symbol

if TYPE_CHECKING:
    from meshnode.compiler.layout import Structs


class Lowered(msgspec.Struct, frozen=True):
    """A function as text, with what has to stand around it."""

    text: str
    statics: Mapping[str, bytes]
    """Constant bytes by symbol."""
    declarations: tuple[str, ...]
    helpers: tuple[str, ...]
    """Of `runtime.HELPERS`."""
    called: tuple[ir.FunctionId, ...]
    """In the order of the first call."""
    depends_on_half: bool
    """It is not the same at home and in a slice."""


class Surroundings:
    """Collects what a function refers to while it is lowered."""

    def __init__(
        self,
        module: ir.Module,
        *,
        is_slice: bool,
        line_numbers: LineNumbers | None = None,
        in_loops: Container[ir.FunctionId] = (),
    ) -> None:
        self.structs: Structs = module.structs
        self.functions: Mapping[ir.FunctionId, ir.Function] = module.functions
        self._is_slice = is_slice
        self._depends_on_half = False
        self.line_numbers = line_numbers
        self.in_loops = in_loops
        """What is called within loops; nothing of the library's is asked for."""
        self._statics: dict[str, bytes] = {}
        self._declarations: dict[str, None] = {}
        self._helpers: dict[str, None] = {}
        self._called: dict[ir.FunctionId, None] = {}

    def is_slice_text(self) -> bool:
        """Tell whether the text is for a slice module, where host calls trap; it is another one at home then."""
        self._depends_on_half = True
        return self._is_slice

    def static_bytes(self, data: bytes) -> str:
        """Give the symbol of constant bytes: the same in each module."""
        symbol = f"@bytes.{hashlib.sha256(data).hexdigest()[:24]}"
        self._statics[symbol] = data
        return symbol

    def declare(self, text: str) -> None:
        """Add a declaration, once."""
        self._declarations.setdefault(text)

    def helper(self, name: str) -> str:
        """Give the symbol of a runtime helper and have it defined."""
        self._helpers.setdefault(name)
        return f"@{name}"

    def callee(self, function: ir.FunctionId) -> str:
        """Give the symbol of a function that is called, and have it lowered."""
        self._called.setdefault(function)
        return function_symbol(function)

    def lowered(self, text: str) -> Lowered:
        """Put a function's text together with what it refers to."""
        return Lowered(
            text,
            self._statics,
            tuple(self._declarations),
            tuple(self._helpers),
            tuple(self._called),
            self._depends_on_half,
        )
