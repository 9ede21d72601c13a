"""The edges: daemon, command line, control API, network adaptor and job store. The only room with sockets, clocks, tasks and logs."""
