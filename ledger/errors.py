"""The ledger's errors about files; refusals of single commands are `rules.Refusal`."""

from meshnode.protocol.errors import MeshError


class LedgerError(MeshError):
    """The ledger's file cannot be used: a full disk, damage, a lock, another owner."""
