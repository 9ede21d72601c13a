"""The interpreter of the typed IR, which computes what is known while a program is compiled."""
