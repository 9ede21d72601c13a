# Feature: Python: two dozen slices
# ruff: noqa: ANN001, E402, T201
import dcp

dcp.init()

from dcp import compute_for


def work(value):
    import dcp

    dcp.progress()
    return value % 7


job = compute_for(list(range(24)), work)
job.exec()
results = job.wait()
print(len(results), sum(results))
