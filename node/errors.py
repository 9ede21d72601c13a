"""Errors of the node that a person reads; each carries the exit code that the command line ends with."""

from meshnode.node.exit_code import ExitCode
from meshnode.protocol.errors import MeshError


class NodeError(MeshError):
    """A situation at the edge, told in one sentence that says what to do next."""

    def __init__(self, message: str, exit_code: ExitCode) -> None:
        super().__init__(message)
        self.exit_code = exit_code
        self.details: dict[str, object] = {}
        """More for programs (`--json`): diagnostics, for instance."""


class ConfigError(NodeError):
    """A flag or a line of `config.toml` is wrong."""

    def __init__(self, message: str) -> None:
        super().__init__(message, ExitCode.CONFIG)


class DataDirectoryError(NodeError):
    """The data directory is in use, not ours, or cannot be written."""


class DaemonError(NodeError):
    """The daemon cannot be reached or refused a request."""


class StorageError(NodeError):
    """A disk is full or a file is corrupt."""

    def __init__(self, message: str) -> None:
        super().__init__(message, ExitCode.STORAGE)


def person_error(err: BaseException, what: str) -> NodeError:
    """Return what a person should read of a failure: the one sentence that it holds, or that it is our fault.

    A group of errors is told by its first that holds a sentence. `what` says what failed, as a verb in the past tense.
    """
    inner = [err]
    while inner:
        first = inner.pop(0)
        if isinstance(first, NodeError):
            return first
        if isinstance(first, MeshError):
            return NodeError(str(first), ExitCode.STORAGE)
        if isinstance(first, BaseExceptionGroup):
            inner += first.exceptions
        else:
            err = first
    return NodeError(
        f"meshnode failed while it {what} ({type(err).__name__}: {err}); please report this, the log has the trace",
        ExitCode.INTERNAL,
    )
