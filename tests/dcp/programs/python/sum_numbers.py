# Feature: Python: numbers with an argument
# ruff: noqa: ANN001, E402, T201
import dcp

dcp.init()

from dcp import compute_for


def work(value, add):
    import dcp

    dcp.progress()
    return value + add


job = compute_for([1, 2, 3], work, [10])
job.exec()
print(job.wait())
