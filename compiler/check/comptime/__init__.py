"""What is computed while a program is compiled, by the interpreter of the IR."""
