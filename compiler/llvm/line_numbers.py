"""Debug information for LLVM: which line the instructions of the program's own functions come from.

Functions of the library have none: where LLVM puts their code into a function of the program's, it takes it for code of
the line that calls them. Files are named by their number.
"""

from meshnode.compiler import ir
from meshnode.compiler.llvm.text import quoted

_LIBRARY = "prelude/"
_FIRST = 1000
"""Metadata below this number are others'."""
_UNIT, _LINE_TABLES, _DWARF, _TYPE = range(_FIRST, _FIRST + 4)


class LineNumbers:
    """Collects the metadata of one module."""

    def __init__(self) -> None:
        self.files: list[str] = []
        """By their numbers."""
        self._count = _TYPE + 1
        self._lines: list[str] = []
        self._file_ids: dict[str, int] = {}
        self._functions: dict[ir.FunctionId, int] = {}
        self._locations: dict[tuple[int, int], int] = {}

    def of_function(self, function: ir.Function) -> str:
        """Give what stands behind a function's attributes."""
        if not is_own(function.span):
            return ""
        if function.function not in self._functions:
            file = self._file(function.span.file)
            name, line = quoted(function.function), function.span.line
            self._functions[function.function] = self._add(
                f"distinct !DISubprogram(name: {name}, file: !{file}, line: {line}, type: !{_TYPE}, "
                f"unit: !{_UNIT}, spFlags: DISPFlagDefinition)"
            )
        return f" !dbg !{self._functions[function.function]}"

    def of_instruction(self, function: ir.Function, span: ir.Span) -> str:
        """Give what stands behind an instruction; nothing if the place says no line of the function's file."""
        if not is_own(function.span) or span.file != function.span.file:
            return ""
        self.of_function(function)
        scope = self._functions[function.function]
        key = (scope, span.line)
        if key not in self._locations:
            self._locations[key] = self._add(f"!DILocation(line: {span.line}, scope: !{scope})")
        return f", !dbg !{self._locations[key]}"

    def metadata(self) -> list[str]:
        """Define all that was named."""
        file = self._file("") if not self._file_ids else next(iter(self._file_ids.values()))
        return [
            f"!llvm.dbg.cu = !{{!{_UNIT}}}",
            f"!llvm.module.flags = !{{!{_LINE_TABLES}, !{_DWARF}}}",
            f"!{_UNIT} = distinct !DICompileUnit(language: DW_LANG_C, file: !{file}, "
            "isOptimized: true, emissionKind: LineTablesOnly)",
            f'!{_LINE_TABLES} = !{{i32 2, !"Debug Info Version", i32 3}}',
            f'!{_DWARF} = !{{i32 7, !"Dwarf Version", i32 4}}',
            f"!{_TYPE} = !DISubroutineType(types: !{{}})",
            *self._lines,
        ]

    def _file(self, file: str) -> int:
        if file not in self._file_ids:
            number = len(self.files)
            self.files.append(file)
            self._file_ids[file] = self._add(f'!DIFile(filename: "{number}", directory: "")')
        return self._file_ids[file]

    def _add(self, text: str) -> int:
        number = self._count
        self._count += 1
        self._lines.append(f"!{number} = {text}")
        return number


def is_own(span: ir.Span) -> bool:
    """Tell whether a place lies in the program rather than in the library or in nothing that was written."""
    return bool(span.file) and not span.file.startswith(_LIBRARY)
