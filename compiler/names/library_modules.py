"""Where the library's names are imported from: the standard modules, the prelude files behind them, what is refused.

Nothing here reads a file. A module offers the names of its prelude files (`LIBRARY_FILES`); names of every other
prelude file are builtins, which need no import and may be imported from any module that is known.
"""

from collections.abc import Mapping

LIBRARY_FILES: Mapping[str, tuple[str, ...]] = {
    "prelude/dcp.mojo": ("dcp",),
    "prelude/algorithm.mojo": (
        "std.algorithm",
        "std.algorithm.functional",
        "max.algorithm",
        "max.algorithm.functional",
    ),
    **dict.fromkeys(
        (
            "prelude/math.mojo",
            "prelude/math_wide.mojo",
            "prelude/math_hyperbolic.mojo",
            "prelude/math_special.mojo",
            "prelude/math_lanes.mojo",
            "prelude/math_whole.mojo",
        ),
        ("std.math", "std.math.math", "std.math.constants", "std.utils.numerics"),
    ),
    "prelude/heap.mojo": (
        "std.memory",
        "std.memory.alloc",
        "std.memory.arc_pointer",
        "std.memory.owned_pointer",
    ),
    "prelude/sys.mojo": ("std.sys",),
    "prelude/sys_info.mojo": ("std.sys", "std.sys.info"),
    "prelude/time.mojo": ("std.time", "std.time.time"),
    "prelude/random.mojo": ("std.random", "std.random.random"),
    "prelude/bit.mojo": ("std.bit", "std.bit.bit"),
    "prelude/base64.mojo": ("std.base64", "std.base64.base64"),
    "prelude/hasher.mojo": ("std.hash", "std.hash.hasher", "std.hashlib"),
    "prelude/set.mojo": ("std.collections", "std.collections.set"),
    "prelude/reflection.mojo": ("std.reflection",),
    "prelude/iterators.mojo": ("std.iter",),
    "prelude/itertools.mojo": ("std.itertools", "std.itertools.itertools"),
    "prelude/deque.mojo": ("std.collections", "std.collections.deque"),
    "prelude/counter.mojo": ("std.collections", "std.collections.counter"),
    "prelude/linked_list.mojo": ("std.collections", "std.collections.linked_list"),
    "prelude/bitset.mojo": ("std.collections", "std.collections.bitset"),
    "prelude/binary_heap.mojo": ("std.collections", "std.collections.binary_heap"),
    "prelude/variant.mojo": ("std.utils", "std.utils.variant"),
    "prelude/static_tuple.mojo": ("std.utils", "std.utils.static_tuple", "std.utils.index"),
    "prelude/test_suite.mojo": ("std.testing", "std.testing.suite"),
    "prelude/testing.mojo": ("std.testing", "std.testing.testing"),
    "prelude/benchmark.mojo": (
        "std.benchmark",
        "std.benchmark.benchmark",
        "std.benchmark.compiler",
    ),
    "prelude/complex.mojo": ("std.complex",),
}
"""By prelude file whose names a program must import: the modules that offer them, the usual one first."""

_SIZES = ("size_of", "align_of", "bit_width_of", "simd_width_of")
LOOP_NAMES = frozenset(["range", "enumerate", "zip", "reversed"])
"""What loops know by name, wherever it is imported from."""

CHECKED_NAMES: Mapping[str, tuple[str, ...]] = {"std.sys": _SIZES, "std.sys.info": _SIZES}
"""By module, the names that are no functions of the prelude: the checker computes them."""

BUILTIN_MODULES = frozenset(
    [
        "std",
        "std.bit",
        "std.builtin",
        "std.builtin.anytype",
        "std.builtin.bool",
        "std.builtin.comparable",
        "std.builtin.debug_assert",
        "std.builtin.dtype",
        "std.builtin.error",
        "std.builtin.int",
        "std.builtin.range",
        "std.builtin.rebind",
        "std.builtin.simd",
        "std.builtin.sort",
        "std.builtin.swap",
        "std.builtin.tuple",
        "std.builtin.type_aliases",
        "std.builtin.value",
        "std.builtin.variadics",
        "std.collections",
        "std.collections.array",
        "std.collections.dict",
        "std.collections.inline_array",
        "std.collections.list",
        "std.collections.optional",
        "std.collections.span",
        "std.collections.string",
        "std.collections.string.codepoint",
        "std.collections.string.format",
        "std.collections.string.string",
        "std.collections.string.string_slice",
        "std.complex",
        "std.format",
        "std.hashlib",
        "std.hash.hash",
        "std.io",
        "std.io.io",
        "std.math",
        "std.memory",
        "std.memory.pointer",
        "std.memory.span",
        "std.memory.unsafe",
        "std.memory.unsafe_pointer",
        "std.os",
        "std.prelude",
        "std.documentation",
        "std.memory.memory",
        "std.memory.arc_pointer",
        "std.memory.owned_pointer",
        "std.collections.string.string_span",
        "std.reflection",
        "std.string",
        "std.sys",
        "std.utils",
    ]
)
"""Modules that are known although none of their names has to be imported here."""

REFUSED_MODULES: Mapping[str, str] = {
    "std.python": "Python interop",
    "std.gpu": "GPU programs",
    "std.pathlib": "files and paths",
    "std.tempfile": "files",
    "std.io.file": "files",
    "std.os.path": "files and paths",
    "std.os.process": "processes",
    "std.subprocess": "processes",
    "std.ffi": "calls of foreign code",
    "std.sys.ffi": "calls of foreign code",
    "std.runtime": "threads and asynchronous tasks",
    "std.atomic": "threads",
    "std.os.atomic": "threads",
    "std.compile": "compiling at run time",
    "std.logger": "logging",
    "std.pwd": "the host's users",
    "std.stat": "files",
    "std.sys.intrinsics": "machine instructions by name",
}
"""Modules that a sandboxed program has nothing to do with, and what they are about."""


def is_known(module: str) -> bool:
    """Tell whether a module may be imported."""
    return module in BUILTIN_MODULES or any(module in names for names in LIBRARY_FILES.values())


def refusal(module: str) -> str | None:
    """Say what a refused module, or the one that it belongs to, is about; None if it is not refused."""
    parts = module.split(".")
    for count in range(len(parts), 1, -1):
        reason = REFUSED_MODULES.get(".".join(parts[:count]))
        if reason is not None:
            return reason
    return None
