# Feature: Python: numpy arrays as data, as an argument and as results
# ruff: noqa: ANN001, E402, T201
import dcp
import numpy as np

dcp.init()

from dcp import compute_for


def work(matrix, vector):
    import dcp
    import numpy as np

    dcp.progress()
    return np.linalg.inv(matrix) @ vector


matrices = [np.diag([1.0, 2.0 * i]) for i in range(1, 4)]
job = compute_for(matrices, work, [np.array([3.0, 4.0])])
job.exec()
for result in job.wait():
    print(type(result).__name__, result.dtype, result.tolist())
