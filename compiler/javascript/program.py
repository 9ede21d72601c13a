"""What the functions of one plain JavaScript program share: names, static bytes, places of the static memory."""

from collections.abc import Mapping

from meshnode.compiler import ir
from meshnode.compiler.intrinsics import CELL_COUNT
from meshnode.compiler.javascript.code import quoted
from meshnode.compiler.javascript.helpers import HELPERS, SHARED
from meshnode.compiler.javascript.names import RESERVED, Names
from meshnode.compiler.layout import Structs
from meshnode.compiler.wasm.module import DATA_BASE

_ALIGNMENT = 16
_NAME_MAX = 24


class ProgramNames:
    """The global names and the static data of a program."""

    def __init__(
        self, functions: Mapping[ir.FunctionId, ir.Function], structs: Structs, file: str
    ) -> None:
        self.functions = functions
        self.structs = structs
        self.file = file
        self.uses_elements = False
        self._names = Names([*HELPERS, *SHARED, *RESERVED])
        self._functions = {name: self._names.take(name) for name in functions}
        self._statics: dict[bytes, tuple[str, int]] = {}
        self._files: dict[str, str] = {}
        self._static_stop = DATA_BASE + 8 * CELL_COUNT

    @property
    def taken(self) -> frozenset[str]:
        """The names that no local may have."""
        return self._names.taken

    def function_name(self, function: ir.FunctionId) -> str:
        """Give a function's JavaScript name."""
        return self._functions[function]

    def cell_address(self, cell: int) -> int:
        """Give a static cell's address."""
        return DATA_BASE + 8 * cell

    def static_bytes(self, data: bytes) -> str:
        """Give the name of the constant that holds the address of constant bytes."""
        present = self._statics.get(data)
        if present is None:
            present = (self._names.take(f"text${len(self._statics) + 1}"), self._static_stop)
            self._statics[data] = present
            self._static_stop += len(data)
        return present[0]

    def file_name(self, file: str) -> str:
        """Give the name of the constant with a source file's name, for messages."""
        if file not in self._files:
            self._files[file] = self.static_bytes(file.encode())
        return f"[{self._files[file]}, {len(file.encode())}]"

    @property
    def heap_base(self) -> int:
        """Where free memory begins."""
        return -(-self._static_stop // _ALIGNMENT) * _ALIGNMENT

    def static_lines(self) -> list[str]:
        """Define the static bytes."""
        return [
            f"const {name} = {_literal(data)}({address}, {_text(data)});"
            for data, (name, address) in self._statics.items()
        ]


def _is_text(data: bytes) -> bool:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return False
    return all(c.isprintable() or c in "\n\t" for c in text)


def _literal(data: bytes) -> str:
    return "text" if _is_text(data) else "data"


def _text(data: bytes) -> str:
    return quoted(data.decode()) if _is_text(data) else f"[{', '.join(map(str, data))}]"
