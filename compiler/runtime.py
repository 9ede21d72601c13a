"""The prelude's functions that generated code calls by name, and the static cells' meaning.

Roots are instantiated whether a program reaches them or not; the loops' stage adds its own.
"""

from typing import Final

from meshnode.compiler.ir import FunctionId, StructId

BOUNDS_FAILED: Final = FunctionId("_bounds_failed")
"""Tells of an index out of bounds as Mojo does, and does not return; never inlined.

`_bounds_failed(index: Int, length: Int, file: __Pointer[UInt8], file_length: Int, line: Int,
column: Int)`.
"""

UNHANDLED_ERROR: Final = FunctionId("_unhandled_error")
"""`_unhandled_error(error: Error)`: tells of an error that left `main`, and exits with 1."""

MESH_ALLOC: Final = FunctionId("mesh_alloc")
"""`mesh_alloc(size: UInt32) -> UInt32`, exported under this name; the host calls it."""

ERROR: Final = StructId("Error")
"""The one error type."""

ROOTS: Final = (BOUNDS_FAILED, UNHANDLED_ERROR, MESH_ALLOC)
"""What the back end needs of the prelude."""

PROGRESS_CELL: Final = 8
"""Cells 8, 9 and 10 of a slice module: iterations done, tape's length, tape's address.

The exported global `mesh_progress` holds the address of the first.
"""
