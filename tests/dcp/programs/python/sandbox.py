# Feature: Python: no network, no processes, no files of the host
# ruff: noqa: ANN001, E402, PTH123, PTH208, T201
import dcp

dcp.init()

from dcp import compute_for


def work(what):
    import os
    import socket
    import subprocess

    import dcp

    dcp.progress()
    try:
        if what == "network":
            return str(socket.create_connection(("127.0.0.1", 80), timeout=1))
        if what == "process":
            return str(subprocess.run(["ls"], check=True))
        if what == "file":
            return open("/etc/passwd").read()
        return str(sorted(os.listdir("/")))
    except OSError as error:
        return type(error).__name__


job = compute_for(["network", "process", "file", "folder"], work)
job.exec()
for line in job.wait():
    print(line)
