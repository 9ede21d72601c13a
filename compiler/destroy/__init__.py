"""Destruction after last use: one pass over the IR of a function."""
