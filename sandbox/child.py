"""The child process: `python -I -m meshnode.sandbox.child NICE FILE_BYTES`.

Requests come on stdin, answers go to stdout. A thread reads stdin; when it ends, the owner is gone
and so is the child, whatever the module is doing. Modules run in a second thread with a large
stack, outside of Python's lock, so the first one always gets its turn.
"""

import os
import queue
import sys
import threading
import traceback

from meshnode.sandbox.engine import THREAD_STACK_BYTES
from meshnode.sandbox.errors import ChildLost
from meshnode.sandbox.frames import (
    Answer,
    Captures,
    Load,
    LoadProgram,
    Ready,
    Reply,
    Request,
    RunChunk,
    RunHome,
    decode_request,
    read_frame,
    write_frame,
)
from meshnode.sandbox.home_host import HomeHost
from meshnode.sandbox.jail import close_jail
from meshnode.sandbox.slice_host import SliceHost

_STDIN, _STDOUT = 0, 1


def main() -> None:
    """Serve until stdin ends."""
    requests: queue.SimpleQueue[Request] = queue.SimpleQueue()
    slices, home = SliceHost(), HomeHost(_send)
    jail = close_jail(nice=int(sys.argv[1]), file_bytes_max=int(sys.argv[2]))
    threading.stack_size(THREAD_STACK_BYTES)
    threading.Thread(target=_serve, args=(requests, slices, home), daemon=True).start()
    _send(Ready(jail))
    while True:
        try:
            request = decode_request(read_frame(_STDIN, _no_wait))
        except ChildLost:
            os._exit(0)
        if isinstance(request, Reply):
            home.reply(request.value)
        else:
            requests.put(request)


def _serve(requests: "queue.SimpleQueue[Request]", slices: SliceHost, home: HomeHost) -> None:
    try:
        while True:
            match requests.get():
                case Captures(piece):
                    slices.add_captures(piece)
                case Load() as request:
                    _send(slices.load(request))
                case RunChunk() as request:
                    _send(slices.run_chunk(request))
                case RunHome() as request:
                    home.run(request)
                case LoadProgram() | Reply():
                    raise AssertionError
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
