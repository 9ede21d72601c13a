"""Named limits of the compiler's front end; each is met with a diagnostic, never with a crash."""

SOURCE_BYTES_MAX = 4 << 20
"""Size of one source file."""

TOKENS_MAX = 1_000_000
"""Tokens of one source file."""

REPARSED_TOKENS_MAX = 500_000
"""Tokens that are read again to find further errors behind the first ones; a large file gets fewer of them."""

BRACKETS_MAX = 64
"""Depth of nested brackets."""

BLOCKS_MAX = 40
"""Depth of nested indentation."""

NESTING_MAX = 90
"""Depth of an expression's tree; the checker is recursive, with about eight frames a level."""

LITERAL_DIGITS_MAX = 4_000
"""Characters of one number."""

LITERAL_BITS_MAX = 20_000
"""Size of an exact value that literal arithmetic may reach."""

DIAGNOSTICS_MAX = 20
"""Errors that one compilation reports."""

WARNINGS_MAX = 200
"""Warnings that one compilation reports."""

INSTANCES_MAX = 20_000
"""Function instances of one program."""

INSTANTIATION_DEPTH_MAX = 500
"""Length of a chain of generic functions, each instantiated by the one before (polymorphic recursion never ends)."""

ARRAY_BYTES_MAX = 64 << 20
"""Size of one Array, which lies on the stack."""

INTERPRETED_STEPS_MAX = 2_000_000
"""Calls and iterations of one run of the interpreter; about fifteen seconds."""

INTERPRETED_BYTES_MAX = 32 << 20
"""Memory of the interpreter."""

INTERPRETED_CALLS_MAX = 1_000
"""Depth of interpreted calls; each is about ten of Python's."""

INTERPRETED_FRAMES_MAX = 60_000
"""Python's own limit of nested calls while the interpreter runs."""

CONSTANT_DEPTH_MAX = 60
"""Length of a chain of constants, each needed by what the one before calls."""

CONSTANT_FRAMES_MAX = 1_000
"""Python's nested calls that one more constant of such a chain may take."""

IMAGINED_DEPTH_MAX = 8
"""Depth of displays in displays whose types are found by checking what is in them, which is then checked again."""

FINALS_MAX = 1_000
"""How many times one function's `finally` parts are written out, one for each way out of their `try`."""

UNROLLED_MAX = 4_096
"""Iterations of one `comptime for`."""

UNROLLED_TOTAL_MAX = 16_384
"""Iterations of all of them in one program, those within others included."""

COMPARED_PARTS_MAX = 1_000
"""Numbers and strings that one comparison of structs, field by field, may compare."""
