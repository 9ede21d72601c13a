# Feature: Python: an exception in the work function ends the job after a few tries
# ruff: noqa: ANN001, E402, T201
import dcp

dcp.init()

from dcp import compute_for


def work(value):
    import dcp

    dcp.progress()
    return 6 // value


job = compute_for([0], work)
errors = []
job.on(
    "error", lambda event: errors.append(f"{event['name']}: {event['message'].splitlines()[-1]}")
)
job.on("cancel", lambda event: print("cancelled", event["code"]))
job.exec()
job.wait()
print(sorted(set(errors)))
