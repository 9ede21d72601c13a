"""Names of the language and of its library that are known without being defined: types, traits, what is missing."""

from collections.abc import Mapping

from meshnode.compiler import ir

SCALAR_TYPES: Mapping[str, ir.Type] = {
    "Int": ir.INT,
    "UInt": ir.UINT,
    "Int8": ir.IntType(8, is_signed=True),
    "Int16": ir.IntType(16, is_signed=True),
    "Int32": ir.IntType(32, is_signed=True),
    "Int64": ir.INT64,
    "UInt8": ir.UINT8,
    "Byte": ir.UINT8,
    "UInt16": ir.IntType(16, is_signed=False),
    "UInt32": ir.IntType(32, is_signed=False),
    "UInt64": ir.UINT64,
    "Float32": ir.FLOAT32,
    "Float64": ir.FLOAT64,
    "Bool": ir.BOOL,
    "DType": ir.DTYPE,
    "SIMDLength": ir.INT,
    "Never": ir.UNIT,
}

UNSUPPORTED_NAMES = frozenset(
    [
        "Dict",
        "Set",
        "Optional",
        "InlineArray",
        "Span",
        "Deque",
        "Counter",
        "Variant",
        "StaticString",
        "StringSlice",
        "Float16",
        "BFloat16",
        "ComplexFloat64",
        "Path",
        "Python",
        "PythonObject",
        "zip",
        "enumerate",
        "map",
        "reversed",
        "sorted",
        "input",
        "open",
        "hash",
        "repr",
        "parallelize",
        "vectorize",
        "isinstance",
        "rebind",
        "swap",
        "sort",
        "StringLiteral",
        "IntLiteral",
        "FloatLiteral",
        "NoneType",
        "slice",
        "hex",
        "bin",
        "oct",
        "stack_allocation",
    ]
)
"""Names of the real library that a program may mean."""

TRAITS = frozenset(
    [
        "Copyable",
        "ImplicitlyCopyable",
        "Movable",
        "Deinitable",
        "Writable",
        "Equatable",
        "Hashable",
        "Hasher",
        "Comparable",
        "Sized",
        "Defaultable",
        "AnyType",
        "Intable",
        "Floatable",
        "Boolable",
        "Absable",
        "KeyElement",
        "Representable",
        "TrivialRegisterPassable",
        "RegisterPassable",
        "Stringable",
        "Powable",
        "Roundable",
        "Indexer",
        "Identifiable",
        "ImplicitlyDestructible",
        "Iterable",
        "IterableOwned",
        "Iterator",
        "Writer",
    ]
)
"""Built-in traits; conformance shows when a generic body is checked for its types."""

TRAIT_PARENTS: Mapping[str, tuple[str, ...]] = {
    "Comparable": ("Equatable",),
    "Copyable": ("Movable",),
    "ImplicitlyCopyable": ("Copyable",),
    "KeyElement": ("Copyable", "Hashable", "Equatable"),
    "TrivialRegisterPassable": ("ImplicitlyCopyable",),
    "Hashable": (),
}
"""What built-in traits inherit."""

UNIVERSAL_TRAITS = frozenset(["AnyType", "Movable", "Deinitable", "ImplicitlyDestructible"])
"""What every type conforms to without saying so."""

STRUCT_ONLY_TRAITS = frozenset(
    ["Sized", "Iterable", "IterableOwned", "Iterator", "Writer", "Hasher"]
)
"""What no number conforms to."""
