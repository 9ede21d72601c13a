"""The exit codes of the command line. A program's own exit code (0 to 63 by custom) passes through untouched."""

from enum import IntEnum, unique


@unique
class ExitCode(IntEnum):
    """Why meshnode itself failed; `sysexits.h` is followed where it has a code for the situation."""

    OK = 0
    USAGE = 64
    """A wrong flag or argument (EX_USAGE)."""
    COMPILE_ERROR = 65
    """The program has errors, or uses what is not supported yet (EX_DATAERR)."""
    NO_INPUT = 66
    """A named file does not exist or cannot be read (EX_NOINPUT)."""
    DAEMON_UNREACHABLE = 69
    """No daemon answers where one is needed (EX_UNAVAILABLE)."""
    INTERNAL = 70
    """A bug of ours (EX_SOFTWARE)."""
    DATA_DIRECTORY_IN_USE = 71
    """Another daemon holds the data directory."""
    STORAGE = 74
    """A full disk, a corrupt or an unreadable file (EX_IOERR)."""
    JOB_FAILED = 75
    """The job could not be finished: cancelled, or out of limits (EX_TEMPFAIL)."""
    AUDIT_FAILED = 76
    """The audit has findings."""
    CONFIG = 78
    """The configuration is wrong (EX_CONFIG)."""
    INTERRUPTED = 130
    """Ctrl-C."""
