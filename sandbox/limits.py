"""Bounds of the sandbox; each has its unit and the reason for its value."""

MODULE_BYTES_MAX = 16 << 20
"""A slice module of a large program is under 1 MB; a megabyte compiles in about 2 s."""
TYPES_MAX = 10_000
IMPORTS_MAX = 16
FUNCTIONS_MAX = 20_000
FUNCTION_BYTES_MAX = 1 << 20
"""One body; compilers are not linear in it."""
PARAMETERS_MAX = 100
RESULTS_MAX = 16
LOCALS_MAX = 10_000
"""Parameters and locals of one function: bounds the host's stack frame."""
NESTING_MAX = 2_000
"""Blocks inside blocks in one function."""
GLOBALS_MAX = 10_000
EXPORTS_MAX = 10_000
TABLE_ELEMENTS_MAX = 100_000
DATA_SEGMENTS_MAX = 20_000

MEMORY_BYTES_MAX = 4 << 30
CAPTURES_BYTES_MAX = 1 << 30
CAPTURES_PIECE_BYTES = 4 << 20
"""Sent to a child at a time; copying it takes about a millisecond."""
OUTPUT_BYTES_MAX = 32 << 20
"""Tape of one chunk.

A chunk is a quarter of a second of work; a loop that records more in it is not worth distributing,
and storing it would hold up everything else that is stored.
"""
OPERATIONS_MAX = (1 << 62) - 1
"""The counter is a signed 64-bit number, and must not wrap when one charge goes below zero."""

FRAME_BYTES_MAX = CAPTURES_BYTES_MAX + MODULE_BYTES_MAX + (1 << 20)
"""One message between the daemon and a child."""

COMPILED_MODULES_MAX = 16
"""Compiled modules that a child keeps, by recency."""
SNAPSHOT_COPIED_BYTES_MAX = 16 << 20
"""State after `mesh_load`: more is compiled into the module, less is copied into each instance.

Copying takes 0.5 ms a megabyte for each chunk, compiling 50 ms and 5 ms a megabyte, once.
"""

SLICE_DEPTH_MAX = 2_000
"""Calls inside calls of recursive functions.

Every host's stack holds this many (browsers: about 10,000 small frames).
"""
HOME_DEPTH_MAX = 40_000
"""At home the stack is ours, so that deep recursion behaves as in a native program."""

PRINT_BUFFER_BYTES = 8 << 10
PRINT_DELAY_MS_MAX = 40
"""Printed text waits no longer than this in the child."""

JAVASCRIPT_MEMORY_BYTES_MIN = 16 << 20
"""Smallest heap in which V8 starts and runs an empty slice."""
JAVASCRIPT_MEMORY_SLACK_BYTES = 64 << 20
"""What a child may take besides: V8's own structures, and the values on their way in and out."""
PROGRESS_MS_MAX = 600_000
"""Longest pause between two calls of `progress` that a program may ask for."""
SLICE_MS_MAX = 600_000
"""Longest slice that a program may ask for; DCP's public workers stop at a few minutes, too."""
PROGRAM_MODULES_MAX = 1_000
"""Modules for `require`: one in practice, for DCP's client bundles what a job needs."""
