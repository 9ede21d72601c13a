# Feature: Python: three hundred slices
import dcp

dcp.init()

from dcp import compute_for


def work(value):
    import dcp

    dcp.progress()
    return value % 7


job = compute_for(list(range(300)), work)
job.exec()
results = job.wait()
print(len(results), sum(results))
