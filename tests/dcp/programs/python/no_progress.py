# Feature: Python: work that never calls progress
# ruff: noqa: ANN001, E402, T201
import dcp

dcp.init()

from dcp import compute_for


def work(value):
    return value


job = compute_for([1], work)
job.on("cancel", lambda event: print("cancelled", event["code"]))
job.exec()
job.wait()
