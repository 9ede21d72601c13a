"""Tree to typed IR, by instantiation: each function is checked once for each set of parameters that reaches it.

`sources` begins, `program` keeps what is to be done, `body` is the state of one function; the rest goes by nodes.
"""
