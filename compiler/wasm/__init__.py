"""WebAssembly modules as bytes: an object becomes a module of the slice ABI; a module becomes text."""
