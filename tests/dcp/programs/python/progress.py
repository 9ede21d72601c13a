# Feature: Python: progress with and without a value
# ruff: noqa: ANN001, E402, T201
import dcp

dcp.init()

from dcp import compute_for


def work(value):
    import dcp

    told = [dcp.progress(), dcp.progress(0.25), dcp.progress("50%")]
    return str(told) + str(value)


job = compute_for(["a", "b"], work)
job.exec()
print(job.wait())
