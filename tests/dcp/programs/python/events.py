# Feature: Python: events of the job, and what the work prints
# ruff: noqa: ANN001, E402, T201
import dcp

dcp.init()

from dcp import compute_for


def work(value):
    import dcp

    dcp.progress()
    print("computing", value)
    return value * value


job = compute_for([5, 6], work)
lines = []
job.on("console", lambda event: lines.append(f"console {event['level']} {list(event['message'])}"))
job.on(
    "result", lambda event: lines.append(f"result {int(event['sliceNumber'])} {event['result']}")
)
job.exec()
print(job.wait())
print("\n".join(sorted(lines)))
