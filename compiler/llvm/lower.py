"""Lowering of typed IR to LLVM IR text for wasm32: of functions one by one, and of modules made of them."""

import re
from collections.abc import Container, Iterable, Iterator, Mapping

from msgspec.msgpack import Decoder
from msgspec.structs import replace

from meshnode.compiler import ir
from meshnode.compiler.intrinsics import CELL_COUNT
from meshnode.compiler.layout import size_of
from meshnode.compiler.llvm.attributes import called_in_loops
from meshnode.compiler.llvm.function import lower_function
from meshnode.compiler.llvm.line_numbers import LineNumbers
from meshnode.compiler.llvm.runtime import HELPERS
from meshnode.compiler.llvm.surroundings import Lowered, Surroundings
from meshnode.compiler.llvm.text import memory_type, metadata, quoted
from meshnode.compiler.runtime import ERROR, UNHANDLED_ERROR
from meshnode.compiler.stable import Facts

_ALIAS_TAG = re.compile(r", !tbaa !\d+")
_STRUCT_NAME = re.compile(r'%("[^"]*")')

TARGET = 'target triple = "wasm32-unknown-unknown"\n'
_CELLS = f"@cells = hidden global [{CELL_COUNT} x i64] zeroinitializer, align 16"
_OTHERS_CELLS = f"@cells = external hidden global [{CELL_COUNT} x i64]"
_HEAP_BASE = "@__heap_base = external hidden global i8"


def lower_home(module: ir.Module) -> str:
    """Write a home module with all that it reaches: `mesh_main` runs the program."""
    return ModuleText(module, is_slice=False).program({})


def lower_slice(module: ir.Module) -> str:
    """Write a slice module with all that it reaches: record functions, no imports, no `main`."""
    return ModuleText(module, is_slice=True).program({})


class Texts:
    """Texts of functions that stay: the same objects in many modules, with the same structs around them."""

    def __init__(self, facts: Facts | None = None) -> None:
        facts = Facts() if facts is None else facts
        decoder = Decoder(Lowered)
        self._common = facts.of("text", decoder)
        self._home = facts.of("text at home", decoder)
        self._slice = facts.of("text in slices", decoder)

    def get(self, function: ir.Function, *, is_slice: bool) -> Lowered | None:
        """Give a function's text, if it is known."""
        half = self._slice if is_slice else self._home
        return self._common.get(function) or half.get(function)

    def put(self, function: ir.Function, lowered: Lowered, *, is_slice: bool) -> None:
        """Keep a text, if its function stays."""
        half = self._slice if is_slice else self._home
        (half if lowered.depends_on_half else self._common).put(function, lowered)


class ModuleText:
    """The functions of a module as text, each written when it is first wanted."""

    def __init__(
        self,
        module: ir.Module,
        *,
        is_slice: bool,
        line_numbers: LineNumbers | None = None,
        texts: Texts | None = None,
    ) -> None:
        self.module = module
        self._texts = texts or Texts()
        self._line_numbers = line_numbers
        self._is_slice = is_slice
        self._lowered: dict[ir.FunctionId, Lowered] = {}
        self._in_loops = called_in_loops(module)

    def function(self, name: ir.FunctionId) -> Lowered:
        """Give one function."""
        if name not in self._lowered:
            function = self.module.functions[name]
            lowered = self._texts.get(function, is_slice=self._is_slice)
            if lowered is None:
                surroundings = Surroundings(
                    self.module,
                    is_slice=self._is_slice,
                    line_numbers=self._line_numbers,
                    in_loops=self._in_loops,
                )
                lowered = surroundings.lowered(lower_function(surroundings, function))
                self._texts.put(function, lowered, is_slice=self._is_slice)
            self._lowered[name] = lowered
        return self._lowered[name]

    def roots(self) -> list[ir.FunctionId]:
        """List what is there whether anything calls it or not: what is exported, and `main`."""
        exported = [f.function for f in self.module.functions.values() if f.exported]
        return exported if self._is_slice else [*exported, *self._main().called]

    def reached(
        self, roots: Iterable[ir.FunctionId], elsewhere: Container[ir.FunctionId] = ()
    ) -> list[ir.FunctionId]:
        """List functions with what they call, in the order of the first call, but for those that stand elsewhere."""
        found = dict.fromkeys(roots)
        waiting = list(found)
        for name in waiting:
            for callee in self.function(name).called:
                if callee not in found and callee not in elsewhere:
                    found[callee] = None
                    waiting.append(callee)
        return list(found)

    def program(self, elsewhere: Mapping[ir.FunctionId, str]) -> str:
        """Write the module; `elsewhere` are the declarations of the functions that it calls and does not hold."""
        roots = [name for name in self.roots() if name not in elsewhere]
        parts = [self.function(name) for name in self.reached(roots, elsewhere)]
        if not self._is_slice:
            parts.append(self._main())
        return self._joined([_CELLS], parts, elsewhere)

    def unit(self, name: ir.FunctionId, elsewhere: Mapping[ir.FunctionId, str]) -> str:
        """Write a module that offers one function."""
        text = self.function(name)
        parts = [self.function(inner) for inner in self.reached([name], elsewhere)]
        public = text.text.replace("define internal ", "define hidden ", 1)
        offered = replace(text, text=public)
        return self._joined([_OTHERS_CELLS], [offered, *parts[1:]], elsewhere)

    def _joined(
        self, head: list[str], parts: list[Lowered], elsewhere: Mapping[ir.FunctionId, str]
    ) -> str:
        texts = [part.text for part in parts]
        called = {name for part in parts for name in part.called}
        if any(map(_reinterprets, called)):
            texts = [_ALIAS_TAG.sub("", text) for text in texts]
        statics = {symbol: data for part in parts for symbol, data in part.statics.items()}
        helpers = dict.fromkeys(name for part in parts for name in part.helpers)
        declared = dict.fromkeys(line for part in parts for line in part.declarations)
        others = [line for name, line in elsewhere.items() if name in called]
        lines = [
            *head,
            _HEAP_BASE,
            *self._structs((*texts, *others)),
            *(_static(symbol, data) for symbol, data in statics.items()),
            *(HELPERS[name] for name in helpers),
            *declared,
            *others,
            *texts,
            *metadata(),
            *(self._line_numbers.metadata() if self._line_numbers is not None else ()),
        ]
        return TARGET + "\n".join(lines) + "\n"

    def _structs(self, texts: Iterable[str]) -> Iterator[str]:
        """Define the types that are named in texts, and those that these hold."""
        known = {quoted(struct.struct): struct for struct in self.module.structs.values()}
        found: set[str] = set()
        waiting = list(texts)
        while waiting:
            for name in _STRUCT_NAME.findall(waiting.pop()):
                if name not in found:
                    found.add(name)
                    fields = ", ".join(memory_type(field.type) for field in known[name].fields)
                    waiting.append(fields)
        for name, struct in sorted(known.items()):
            if name in found:
                fields = ", ".join(memory_type(field.type) for field in struct.fields)
                yield f"%{name} = type {{ {fields} }}"

    def _main(self) -> Lowered:
        surroundings = Surroundings(self.module, is_slice=False)
        lines = list(_main_wrapper(surroundings, self.module))
        if self._line_numbers is not None:
            # LLVM may put `main` into it, whose instructions need a function around them that has lines.
            main = self.module.functions[self.module.main]
            main = replace(main, function=ir.FunctionId("$mesh_main"))
            place = self._line_numbers.of_instruction(main, main.span)
            lines[0] = lines[0].replace(" {", f"{self._line_numbers.of_function(main)} {{")
            lines[1:] = [line + place if line.startswith("  ") else line for line in lines[1:]]
        return surroundings.lowered("\n".join(lines))


def _static(symbol: str, data: bytes) -> str:
    text = "".join(f"\\{byte:02X}" for byte in data)
    return f'{symbol} = private unnamed_addr constant [{len(data)} x i8] c"{text}", align 1'


def _reinterprets(name: ir.FunctionId) -> bool:
    """Tell whether a function lets memory be read as another type: then types do not tell places apart."""
    return name.startswith("Pointer[") and "].bitcast[" in name


def _main_wrapper(surroundings: Surroundings, module: ir.Module) -> Iterator[str]:
    main = module.functions[module.main]
    yield 'define hidden void @mesh_main() nounwind "wasm-export-name"="mesh_main" {'
    if main.raises:
        size = size_of(ir.StructType(ERROR), module.structs)
        yield f"  %error = alloca [{size} x i8], align 8"
        surroundings.declare("declare void @llvm.memset.p0.i32(ptr, i8, i32, i1)")
        yield f"  call void @llvm.memset.p0.i32(ptr %error, i8 0, i32 {size}, i1 false)"
        yield f"  %failed = call i32 {surroundings.callee(module.main)}(ptr %error)"
        yield "  %has_failed = icmp ne i32 %failed, 0"
        yield "  br i1 %has_failed, label %unhandled, label %done"
        yield "unhandled:"
        yield f"  call void {surroundings.callee(UNHANDLED_ERROR)}(ptr %error)"
        yield "  br label %done"
        yield "done:"
    else:
        yield f"  call void {surroundings.callee(module.main)}()"
    yield "  ret void"
    yield "}"
