"""Loops: record on the mesh, replay at home.

`split` splits the IR's loops, `report` says what became of each; no more is named here, since the command line shows
reports and need not load the rest.
"""
