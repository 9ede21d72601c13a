"""Typed IR to LLVM IR text, and that to a WebAssembly object."""
