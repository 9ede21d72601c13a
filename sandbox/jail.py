"""What holds a child besides WebAssembly: limits of resources, and a filter of system calls.

A second wall, for the day when the engine has a hole: after `close_jail` the process can open no
file and no socket, start no process and trace none. Where the kernel refuses the filter the child
runs without it and says so.
"""

import ctypes
import errno
import os
import platform
import resource
import struct
import sys
from pathlib import Path

OPEN_FILES_MAX = 64
"""Pipes, the page map, and one for each compiled module's memory image."""

_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 38, 22, 2
_LOAD, _JUMP_EQUAL, _JUMP_ALL_SET, _RETURN = 0x20, 0x15, 0x45, 0x06
_ALLOW, _REFUSE, _KILL = 0x7FFF_0000, 0x0005_0000, 0x8000_0000
_NUMBER_OFFSET, _ARCHITECTURE_OFFSET, _ARGUMENT_0_OFFSET = 0, 4, 16
_ARCHITECTURE_X86_64 = 0xC000_003E
_CLONE, _CLONE3, _CLONE_THREAD = 56, 435, 0x0001_0000
_X32_NUMBERS = 0x4000_0000

_REFUSED_CALLS = {
    "open": 2,
    "creat": 85,
    "openat": 257,
    "openat2": 437,
    "open_by_handle_at": 304,
    "unlink": 87,
    "unlinkat": 263,
    "rename": 82,
    "renameat": 264,
    "renameat2": 316,
    "socket": 41,
    "socketpair": 53,
    "connect": 42,
    "bind": 49,
    "sendto": 44,
    "fork": 57,
    "vfork": 58,
    "execve": 59,
    "execveat": 322,
    "kill": 62,
    "ptrace": 101,
    "process_vm_readv": 310,
    "process_vm_writev": 311,
    "pidfd_open": 434,
    "mount": 165,
    "unshare": 272,
    "setns": 308,
    "bpf": 321,
    "perf_event_open": 298,
    "io_uring_setup": 425,
    "keyctl": 250,
}
"""Numbers on x86-64 (arch/x86/entry/syscalls/syscall_64.tbl)."""


def close_jail(nice: int, file_bytes_max: int) -> str:
    """Bound this process for good, and tell what holds it.

    `file_bytes_max` bounds a file's size; the engine keeps images of memories in anonymous ones.
    """
    os.nice(nice)
    _be_killed_first()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES_MAX, OPEN_FILES_MAX))
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes_max, file_bytes_max))
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return "rlimits"
    return "rlimits, seccomp" if _filter_calls() else "rlimits"


def _be_killed_first() -> None:
    """Ask the kernel to end this process before any other when memory runs out (proc(5))."""
    try:
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    except OSError:
        return  # No such file: then the kernel chooses by size alone.


def _filter_calls() -> bool:
    libc = ctypes.CDLL(None, use_errno=True)
    program = _program()
    buffer = ctypes.create_string_buffer(program, len(program))
    # struct sock_fprog: the number of instructions, and a pointer to them.
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, header, 0, 0) == 0)


def _program() -> bytes:
    """Assemble the filter (classic BPF: code, jump if true, jump if false, operand)."""
    refuse = _instruction(_RETURN, _REFUSE | errno.EPERM)
    lines = [
        _instruction(_LOAD, _ARCHITECTURE_OFFSET),
        _instruction(_JUMP_EQUAL, _ARCHITECTURE_X86_64, 1, 0),
        _instruction(_RETURN, _KILL),
        _instruction(_LOAD, _NUMBER_OFFSET),
        _instruction(_JUMP_ALL_SET, _X32_NUMBERS, 0, 1),
        refuse,
    ]
    for number in sorted(_REFUSED_CALLS.values()):
        lines += [_instruction(_JUMP_EQUAL, number, 0, 1), refuse]
    lines += [
        # Its flags lie in memory, which a filter cannot read; the C library then uses clone.
        _instruction(_JUMP_EQUAL, _CLONE3, 0, 1),
        _instruction(_RETURN, _REFUSE | errno.ENOSYS),
        # A new thread is allowed (the engine compiles in several), a new process is not.
        _instruction(_JUMP_EQUAL, _CLONE, 0, 3),
        _instruction(_LOAD, _ARGUMENT_0_OFFSET),
        _instruction(_JUMP_ALL_SET, _CLONE_THREAD, 1, 0),
        refuse,
        _instruction(_RETURN, _ALLOW),
    ]
    return b"".join(lines)


def _instruction(code: int, operand: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, operand)
