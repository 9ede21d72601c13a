"""Calls: which function is meant, how its arguments reach it, and functions that are values."""
