"""What the functions of one LLVM module share: constants, helpers and declarations."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from meshnode.compiler import ir
from meshnode.compiler.llvm.runtime import HELPERS
from meshnode.compiler.llvm.text import function_symbol, memory_type, quoted

if TYPE_CHECKING:
    from meshnode.compiler.layout import Structs


class ModuleWriter:
    """Collects a module's globals while its functions are lowered."""

    def __init__(self, module: ir.Module, *, is_slice: bool) -> None:
        self.structs: Structs = module.structs
        self.functions: Mapping[ir.FunctionId, ir.Function] = module.functions
        self.is_slice = is_slice
        """Slice modules have no imports: host calls trap."""
        self._statics: dict[bytes, str] = {}
        self._declarations: dict[str, None] = {}
        self._helpers: dict[str, None] = {}
        self._called: dict[ir.FunctionId, None] = {}

    def static_bytes(self, data: bytes) -> str:
        """Give the symbol of constant bytes."""
        return self._statics.setdefault(data, f"@bytes.{len(self._statics)}")

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

    def reached(self) -> Iterator[ir.Function]:
        """Give what is called, in order of the first call; more may be called while this goes on."""
        done = 0
        while done < len(self._called):
            for function in list(self._called)[done:]:
                yield self.functions[function]
                done += 1

    def globals_text(self) -> list[str]:
        """Write types, constants, helpers and declarations."""
        lines = []
        for struct in self.structs.values():
            fields = ", ".join(memory_type(field.type) for field in struct.fields)
            lines.append(f"%{quoted(struct.struct)} = type {{ {fields} }}")
        for data, symbol in self._statics.items():
            text = "".join(f"\\{byte:02X}" for byte in data)
            lines.append(
                f'{symbol} = private unnamed_addr constant [{len(data)} x i8] c"{text}", align 1'
            )
        lines += [HELPERS[name] for name in self._helpers if name != "mul_high"]
        lines += self._declarations
        return lines
