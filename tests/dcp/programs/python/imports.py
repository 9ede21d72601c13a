# Feature: Python: modules of the standard library, and `job.modules`
# ruff: noqa: ANN001, E402, T201
import dcp

dcp.init()

from dcp import compute_for


def work(value):
    import fractions
    import hashlib
    import json
    import statistics

    import dcp

    dcp.progress()
    parts = [fractions.Fraction(i, value) for i in range(1, value + 1)]
    digest = hashlib.sha256(str(value).encode()).hexdigest()[:8]
    return json.dumps([str(sum(parts)), statistics.median(range(value)), digest])


job = compute_for([3, 4, 5], work)
job.modules = ["numpy"]
job.exec()
for line in job.wait():
    print(line)
