# Feature: Python: several arguments of several kinds
# ruff: noqa: ANN001, E402, T201
import dcp

dcp.init()

from dcp import compute_for


def work(value, factor, text, numbers, options):
    import dcp

    dcp.progress()
    return f"{text}{value * factor + sum(numbers)}{options['end']}"


job = compute_for([1, 2, 3], work, [2.5, "<", [1, 2, 3], {"end": ">"}])
job.exec()
print(job.wait())
