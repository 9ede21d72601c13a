"""The root of every error that meshnode raises on purpose; it does not define the errors of single rooms."""


class MeshError(Exception):
    """Something a user, a peer or a file did wrong, told in one sentence that says what to do next.

    Children name situations (`WireError`, `CompileError`, `LedgerError`, `SandboxError`) and live in the room that
    raises them. Anything else that is raised is a bug of ours.
    """
