"""Starts and ends the compile process: `python -m meshnode.node.compile_process [CACHE_FOLDER]`.

What is imported and loaded at its start stays to the end, so that nobody needs to look for garbage in it, nor to take
it apart piece by piece: that is a tenth of the time of a process that compiles one program.
"""

import gc
import os
import sys


def main() -> None:
    """Serve requests until standard input ends."""
    gc.disable()
    from meshnode.node import compile_child

    compile_child.main()
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
