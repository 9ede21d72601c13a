"""meshnode: a peer-to-peer compute mesh. The rooms below this name are folders at the top of the repository."""

__version__ = "0.1.0"
