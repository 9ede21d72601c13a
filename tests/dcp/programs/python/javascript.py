# Feature: a JavaScript job that the Python client submits: `worktime = 'map-basic'`
import dcp

dcp.init()

from dcp import compute_for

job = compute_for([1, 2, 3], "(value, add) => { progress(); return value + add; }", [10])
job.js_ref.worktime = "map-basic"
job.exec()
print(list(job.wait()))
