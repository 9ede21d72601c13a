"""The ledger's errors: what a user must be told about a ledger file. Refusals of single commands are `Refusal`."""

from meshnode.protocol.errors import MeshError


class LedgerError(MeshError):
    """The ledger's file cannot be used (full disk, damaged, locked, edited, of another identity)."""
