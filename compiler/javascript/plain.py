"""A program as plain, readable JavaScript: made of the typed IR before loops are split, so all runs at home.

Passes: `reached` (which functions the program needs) → `Frame` (which locals live in memory) → `Ranges` (which integers
are exact as numbers) → `written` (the text of each function) → the frame around them with the helpers used.

The model is that of the modules: one linear memory with the layout of `layout.py`, in which the prelude manages its
heap; aggregates live there, on a stack; scalars are JavaScript variables unless their address is taken.
"""

import json
from collections.abc import Iterator
from typing import Final

from meshnode.compiler import ir
from meshnode.compiler.addressed import ANY_CALL_CHANGES, expressions_of
from meshnode.compiler.called_functions import called_functions
from meshnode.compiler.javascript.frame import Frame
from meshnode.compiler.javascript.function import written
from meshnode.compiler.javascript.helpers import used_helpers
from meshnode.compiler.javascript.loader import MEMORY_PAGES, command_text
from meshnode.compiler.javascript.program import ProgramNames
from meshnode.compiler.javascript.ranges import Ranges
from meshnode.compiler.layout import offset_of, size_of
from meshnode.compiler.loops.walk import access_of, statements_in
from meshnode.compiler.runtime import BOUNDS_FAILED, ERROR, MESH_ALLOC, UNHANDLED_ERROR
from meshnode.compiler.wasm.module import DATA_BASE, STACK_BASE
from meshnode.protocol.wasm_binary import PAGE_BYTES

_HEAD: Final = """\
// Made by meshnode from @FILE@; runs in Node, in a browser and in workers.
"use strict";
const MEMORY_BYTES = @MEMORY@;
const STACK_START = @STACK_START@;
const STACK_STOP = @STACK_STOP@;
const HEAP_BASE = @HEAP_BASE@;
/** What a function returns when it raises an error. */
const RAISED = null;
class Exit extends Error {
  constructor(code) {
    super(`exit ${code}`);
    this.code = code;
  }
}
class Trap extends Error {}
let memory, bytes, stack, host;
const statics = [];
const data = (address, values) => {
  statics.push([address, values]);
  return address;
};
const text = (address, value) => data(address, new TextEncoder().encode(value));
"""

_ELEMENTS: Final = """\
/** Where a list keeps its elements' address, and its length. */
const DATA = @DATA@;
const LENGTH = @LENGTH@;
const outside = (index, length, file, line, column) =>
  @BOUNDS_FAILED@(BigInt(index), BigInt(length), file[0], BigInt(file[1]), BigInt(line), BigInt(column));
const programFile = @PROGRAM_FILE@;
"""

_ARGUMENTS: Final = """\
/** Put bytes into memory for the program; gives address and length in one. */
const give = (content) => {
  const address = @MESH_ALLOC@(content.length);
  bytes.set(content, address);
  return (BigInt(address) << 32n) | BigInt(content.length);
};
const packedArguments = () => {
  const encoded = host.args.map((argument) => new TextEncoder().encode(argument));
  const content = new Uint8Array(encoded.reduce((sum, part) => sum + 4 + part.length, 4));
  const view = new DataView(content.buffer);
  view.setUint32(0, encoded.length, true);
  let place = 4;
  for (const part of encoded) {
    view.setUint32(place, part.length, true);
    content.set(part, place + 4);
    place += 4 + part.length;
  }
  return content;
};
"""

_RUN: Final = """\
/** Run the program; `write(fd, bytes)` gets its output. Returns the exit code. */
function run(args, write, memoryBytes = MEMORY_BYTES) {
  const buffer = new ArrayBuffer(memoryBytes);
  memory = new DataView(buffer);
  bytes = new Uint8Array(buffer);
  stack = STACK_START;
  host = { args, write };
  for (const [address, values] of statics) bytes.set(values, address);
  try {
@MAIN@
    return 0;
  } catch (error) {
    if (error instanceof Exit) return error.code;
    if (!(error instanceof RangeError)) throw error;
    throw new Trap(/stack/.test(error.message) ? error.message : "memory access out of bounds");
  }
}
if (typeof require !== "undefined" && typeof process !== "undefined" && require.main === module) {
@COMMAND@} else if (typeof module !== "undefined") {
  module.exports = { run };
} else {
  globalThis.meshnodeProgram = { run };
}
"""


def plain_text(module: ir.Module, file: str) -> str:
    """Give a program's text; `file` is argument 0.

    Raises:
        CompileError: the program uses what plain JavaScript cannot do.
    """
    functions = _reached(module)
    program = ProgramNames(functions, module.structs, file)
    frames = {name: Frame(f, functions, module.structs) for name, f in functions.items()}
    called_from_outside = (BOUNDS_FAILED, UNHANDLED_ERROR, MESH_ALLOC, module.main)
    roots = [name for name in called_from_outside if name in functions]
    ranges = Ranges(functions, frames, module.structs, roots)
    ordered = sorted(functions.values(), key=lambda f: _order(f, file))
    texts = [
        f"// {_origin(function)}\n" + written(program, ranges, function, frames[function.function])
        for function in ordered
    ]
    return _assembled(module, program, texts)


def _order(function: ir.Function, file: str) -> tuple[bool, bool, str, int]:
    """Put the program's own functions first, then those of its modules, then the library's."""
    span = function.span
    return (span.file.startswith("prelude/"), span.file != file, span.file, span.line)


def _origin(function: ir.Function) -> str:
    return f"{function.span.file}:{function.span.line} {function.function}".replace("\n", " ")


def _reached(module: ir.Module) -> dict[ir.FunctionId, ir.Function]:
    """Find what the program may call, in the order of the first call."""
    waiting = [module.main]
    if module.functions[module.main].raises:
        waiting.append(UNHANDLED_ERROR)
    found: dict[ir.FunctionId, ir.Function] = {}
    while waiting:
        name = waiting.pop(0)
        if name in found:
            continue
        function = module.functions[name]
        found[name] = function
        waiting += called_functions(function, module.structs)
        waiting += _needed_by(function)
    return found


def _needed_by(function: ir.Function) -> Iterator[ir.FunctionId]:
    """Give the functions that what a function does needs besides those that it calls."""
    for statement in statements_in(function.body):
        if isinstance(statement, ir.Perform) and statement.name == "host_args":
            yield MESH_ALLOC
        places = [*access_of(statement, ANY_CALL_CHANGES).places()]
        places += [
            e.place for e in expressions_of(statement) if isinstance(e, ir.Load | ir.AddressOf)
        ]
        for place in places:
            base = place
            while isinstance(base, ir.FieldPlace | ir.ElementPlace):
                if isinstance(base, ir.ElementPlace):
                    yield BOUNDS_FAILED
                base = base.base


def _assembled(module: ir.Module, program: ProgramNames, texts: list[str]) -> str:
    parts = []
    if program.uses_elements:
        parts.append(_elements(module, program))
    if MESH_ALLOC in program.functions:
        parts.append(_ARGUMENTS.replace("@MESH_ALLOC@", program.function_name(MESH_ALLOC)))
    run = _RUN.replace("@MAIN@", _main(module, program)).replace(
        "@COMMAND@", command_text(program.file)
    )
    statics = program.static_lines()
    head = _HEAD
    for name, value in (
        ("@FILE@", json.dumps(program.file)[1:-1]),
        ("@MEMORY@", str(MEMORY_PAGES * PAGE_BYTES)),
        ("@STACK_START@", str(STACK_BASE)),
        ("@STACK_STOP@", str(DATA_BASE)),
        ("@HEAP_BASE@", str(program.heap_base)),
    ):
        head = head.replace(name, value)
    helpers = used_helpers([*texts, *parts])
    return "\n".join([head + "\n".join(statics), *texts, "".join([*helpers, *parts, run])])


def _elements(module: ir.Module, program: ProgramNames) -> str:
    lists = next(s for s in module.structs.values() if s.element is not None)
    name = program.file_name(program.file)
    text = _ELEMENTS.replace("@BOUNDS_FAILED@", program.function_name(BOUNDS_FAILED))
    text = text.replace("@DATA@", str(offset_of(lists, "data", module.structs)))
    text = text.replace("@LENGTH@", str(offset_of(lists, "length", module.structs)))
    return text.replace("@PROGRAM_FILE@", name)


def _main(module: ir.Module, program: ProgramNames) -> str:
    main = program.function_name(module.main)
    if not module.functions[module.main].raises:
        return f"    {main}();"
    size = size_of(ir.StructType(ERROR), module.structs)
    lines = [
        f"    const error = zeroed(stack, {size});",
        f"    stack += {-(-size // 16) * 16};",
        f"    if ({main}(error) === RAISED) {program.function_name(UNHANDLED_ERROR)}(error);",
    ]
    return "\n".join(lines)
