# Feature: Python: files in the job's file system, and environment variables
# ruff: noqa: ANN001, E402, PTH109, PTH123, T201
import dcp

dcp.init()

from dcp import compute_for


def work(name):
    import os

    import dcp

    dcp.progress()
    with open(f"texts/{name}.txt", encoding="utf-8") as text:
        return text.read() + os.environ["GREETING"] + os.getcwd()


job = compute_for(["one", "two"], work)
job.fs.add("eins ä ".encode(), "texts/one.txt")
job.fs.add(b"zwei ", "/home/pyodide/texts/two.txt")
job.env["GREETING"] = "hello=world "
job.exec()
print(job.wait())
