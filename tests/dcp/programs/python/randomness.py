# Feature: Python: randomness and clock are those of the slice, equal on every worker
# ruff: noqa: ANN001, ARG001, E402, T201, TID251
import dcp

dcp.init()

from dcp import compute_for


def work(value):
    import os
    import random
    import time

    import dcp
    import numpy as np

    dcp.progress()
    numbers = [random.random(), float(np.random.rand()), float(np.random.default_rng().random())]
    return [*numbers, os.urandom(4).hex(), hash("text"), int(time.time())]


job = compute_for([1, 1], work)
job.exec()
one, two = job.wait()
print(len({*one[:4], *two[:4]}), one[4] == two[4], one[5], two[5])
