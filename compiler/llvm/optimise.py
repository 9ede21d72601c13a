"""LLVM IR text to a relocatable WebAssembly object, through llvmlite.

LLVM aborts the process on code that it cannot select, so this runs in the compile child only
(design note: wasm).
"""

import re

import llvmlite.binding as llvm
import msgspec

from meshnode.protocol.errors import MeshError

_TRIPLE = "wasm32-unknown-unknown"
_FEATURES = "+simd128,+bulk-memory,+bulk-memory-opt,+sign-ext,+nontrapping-fptoint,+mutable-globals"

_INLINING_THRESHOLD = 100
"""LLVM's own is 250; no kernel was slower with this, and everything compiles a quarter faster."""

_UNROLLED_SIZE_MAX = 60
"""Instructions in a loop's body after unrolling; LLVM's own is 30 for WebAssembly.

Measured over 19 programs, metered: 6 % faster (floyd_warshall a quarter), for 6 % more compilation."""

_UNSIGNED_BY_CHANCE = re.compile(r"= uitofp nneg (?=(?:<\d+ x )?i(?:32|64)\b)")
"""Conversions of integers to floats that LLVM knows not to be negative, which it writes as unsigned.

No processor that we run on converts unsigned integers by one instruction, so signed ones are faster
(measured: a Monte Carlo loop 1.4x)."""

_QUOTES = '@"'
_PARAMETER_NAME = re.compile(r" %[\w.]+(?=[,)])")


class LlvmError(MeshError):
    """LLVM refused our own text: a bug of the compiler."""


def warm_up() -> None:
    """Load what the first compilation would wait for."""
    optimise("define void @nothing() { ret void }")


class Optimised(msgspec.Struct, frozen=True):
    """What LLVM made of a module."""

    object_bytes: bytes
    text: str | None
    """The optimised LLVM IR, if asked for."""
    declaration: str = ""
    """Of the function that was asked for, with what LLVM found out about it."""


def optimise(text: str, *, with_text: bool = False, function: str = "") -> Optimised:
    """Verify, optimise (O3) and compile a text to an object; the same bytes for the same text.

    `function` is the symbol of one that others will call.

    Raises LlvmError if the text is malformed.
    """
    llvm.set_option("", f"-unroll-partial-threshold={_UNROLLED_SIZE_MAX}")
    machine = _machine()
    module = _parsed(text)
    _verify(module)
    module.data_layout = str(machine.target_data)
    options = llvm.create_pipeline_tuning_options(speed_level=3)
    options.loop_vectorization = True
    # Measured: combining scalars to vectors made no kernel faster and n-body's compilation three
    # times slower.
    options.slp_vectorization = False
    options.inlining_threshold = _INLINING_THRESHOLD
    options.loop_interleaving = True
    options.loop_unrolling = True
    builder = llvm.create_pass_builder(machine, options)
    builder.getModulePassManager().run(module, builder)
    optimised = str(module)
    signed = _UNSIGNED_BY_CHANCE.sub("= sitofp ", optimised)
    if signed != optimised:
        module = _parsed(signed)
    code = machine.emit_object(module)
    declaration = _declaration(signed, function) if function else ""
    return Optimised(code, signed if with_text else None, declaration)


def _declaration(text: str, function: str) -> str:
    """Make a declaration of a function's definition in a module's text; LLVM quotes names only if it must."""
    name = f'@"?{re.escape(function.strip(_QUOTES))}"?'
    found = re.search(rf"^define hidden (.*{name}\(.*\)) (.*)#(\d+) {{$", text, re.MULTILINE)
    assert found, function
    signature, _, group = found.groups()
    attributes = text[text.index(f"\nattributes #{group} = {{") :].partition("{")[2]
    signature = _PARAMETER_NAME.sub("", signature)
    return f"declare {signature} {attributes.partition(' }')[0].strip()}"


def _parsed(text: str) -> llvm.ModuleRef:
    try:
        return llvm.parse_assembly(text, context=llvm.create_context())
    except RuntimeError as err:
        raise LlvmError(f"internal compiler error: {err}") from err


def _verify(module: llvm.ModuleRef) -> None:
    try:
        module.verify()
    except RuntimeError as err:
        raise LlvmError(f"internal compiler error: {err}") from err


def _machine() -> llvm.TargetMachine:
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    return llvm.Target.from_triple(_TRIPLE).create_target_machine(
        cpu="generic", features=_FEATURES, opt=3, reloc="static", codemodel="default"
    )
