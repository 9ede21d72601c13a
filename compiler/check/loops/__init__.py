"""Loops: what they go over, and what their targets are."""
