"""JavaScript output: a loader with the WebAssembly inside, and plain readable JavaScript."""
