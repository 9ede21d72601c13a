"""What the sandbox raises; a trap inside a slice is a result, never an error."""

from meshnode.protocol.errors import MeshError


class SandboxError(MeshError):
    """Anything that the sandbox refuses or fails to do."""


class ModuleRefused(SandboxError):  # noqa: N818 (it names the situation)
    """A module is outside slice ABI 1 or its bounds; the text says in what."""


class ChildLost(SandboxError):  # noqa: N818 (it names the situation)
    """A child process was killed, crashed, or overran its wall time: there is no result.

    The work may be tried again in another child; nothing follows about the module.
    """
