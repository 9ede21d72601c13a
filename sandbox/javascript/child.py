"""The child process of JavaScript slices: `python -I -m … NICE FILE_BYTES`.

Like the child of WebAssembly (meshnode.sandbox.child), but with V8 in it: every file is read before
the jail closes, and V8's threads are started behind it.
"""

import os
import queue
import sys
import threading
import traceback
from pathlib import Path

from meshnode.sandbox.errors import ChildLost
from meshnode.sandbox.frames import (
    Answer,
    Captures,
    LoadProgram,
    Ready,
    Request,
    RunChunk,
    decode_request,
    read_frame,
    write_frame,
)
from meshnode.sandbox.jail import close_jail
from meshnode.sandbox.javascript.host import JavaScriptHost
from meshnode.sandbox.javascript.isolate import load_engine
from meshnode.sandbox.javascript.pyodide_runtime import PyodideRuntime

_STDIN, _STDOUT = 0, 1


def main() -> None:
    """Serve until stdin ends."""
    requests: queue.SimpleQueue[Request] = queue.SimpleQueue()
    load_engine()
    directory = os.environ.get("MESHNODE_PYODIDE")
    host = JavaScriptHost(_send, PyodideRuntime(Path(directory) if directory else None))
    jail = close_jail(nice=int(sys.argv[1]), file_bytes_max=int(sys.argv[2]))
    threading.Thread(target=_serve, args=(requests, host), daemon=True).start()
    _send(Ready(jail))
    while True:
        try:
            requests.put(decode_request(read_frame(_STDIN, _no_wait)))
        except ChildLost:
            os._exit(0)


def _serve(requests: "queue.SimpleQueue[Request]", host: JavaScriptHost) -> None:
    try:
        while True:
            match requests.get():
                case Captures(piece):
                    host.add_captures(piece)
                case LoadProgram() as request:
                    _send(host.load(request))
                case RunChunk() as request:
                    host.run_chunk(request)
                case request:
                    raise AssertionError(request)
    finally:
        # A bug of ours, or nobody reads: the owner sees a lost child and its stderr.
        traceback.print_exc()
        os._exit(70)


def _send(answer: Answer) -> None:
    write_frame(_STDOUT, answer)


def _no_wait() -> None:
    """Let `os.read` do the waiting."""


if __name__ == "__main__":
    main()
