"""Mojo text to WebAssembly and JavaScript. Pure functions: no sockets, files, clocks or randomness.

`program` is what a compilation gives; `pipeline` is the whole line from text to modules, and needs LLVM. Only the
compile child imports the pipeline, so it is not named here.
"""

from meshnode.compiler.diagnostic import CompileError, Diagnostic
from meshnode.compiler.program import Program

__all__ = ["CompileError", "Diagnostic", "Program"]
