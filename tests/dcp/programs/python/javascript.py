# Feature: Python client, JavaScript job: `worktime = 'map-basic'`
# ruff: noqa: E402, T201
import dcp

dcp.init()

from dcp import compute_for

# Floats: version 3.4.3 of the client wraps an int of a JavaScript job in an object.
job = compute_for([1.0, 2.0, 3.0], "(value, add) => { progress(); return value + add; }", [10.0])
job.js_ref.worktime = "map-basic"
job.exec()
print(list(job.wait()))
