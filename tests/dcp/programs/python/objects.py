# Feature: Python: any picklable value as datum and result
# ruff: noqa: ANN001, E402, ICN001, T201
import datetime
import decimal

import dcp

dcp.init()

from dcp import compute_for


def work(value):
    import dcp

    dcp.progress()
    return {
        "type": type(value).__name__,
        "twice": [value, value],
        "none": None,
        "bytes": b"\x00\xff",
    }


data = [
    {"a": 1},
    (1, 2),
    {3, 4},
    datetime.date(2024, 2, 29),
    decimal.Decimal("0.1"),
    True,
    None,
    "ü",
    b"xy",
]
job = compute_for(data, work)
job.exec()
for result in job.wait():
    print(result)
