# Feature: Python: an exception in the work function
import dcp

dcp.init()

from dcp import compute_for


def work(value):
    import dcp

    dcp.progress()
    return 6 // value


job = compute_for([1, 0, 2], work)
errors = []
job.on(
    "error",
    lambda event: errors.append((int(event["sliceNumber"]), event["name"], event["message"])),
)
job.on("cancel", lambda *event: print("cancelled", event))
job.exec()
try:
    print(job.wait())
except Exception as error:
    print(type(error).__name__, error)
for error in sorted(set(errors)):
    print(*error)
