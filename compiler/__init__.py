"""The compiler: Mojo text to typed IR, split loops, WebAssembly modules. Pure functions: no files, clocks or sockets."""
