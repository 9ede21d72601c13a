"""The edges: daemon, command line, control API, network adaptor and stores.

It is the only room with sockets, clocks, tasks and logs.
"""
