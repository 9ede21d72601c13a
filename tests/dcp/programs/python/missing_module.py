# Feature: Python: a package that the sandbox does not have
# ruff: noqa: ANN001, E402, T201
import dcp

dcp.init()

from dcp import compute_for


def work(value):
    import dcp

    dcp.progress()
    return value


job = compute_for([1], work)
job.modules = ["pandas"]
errors = []
job.on("error", lambda event: errors.append(event["message"]))
job.on("cancel", lambda event: print("cancelled", event["code"]))
job.exec()
job.wait()
print(sorted(set(errors)))
