"""What a person may choose for one run; it travels as JSON to the daemon and is stored with the job."""

from typing import Literal

import msgspec

from meshnode.compiler.options import CompileOptions, ModuleText

HomeUse = Literal["auto", "never", "only"]


class DcpOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How loops are shipped to DCP. Paths are absolute, for the daemon works elsewhere.

    The folder `sdk` is a program that is run as this user: only the command line may name one.
    """

    sdk: str
    """Folder whose `node_modules` has Distributive's `dcp-client`."""
    keystores: str
    """Folder with `id.keystore` and `default.keystore`; read by their client alone."""
    scheduler: str = ""
    """URL; empty: the real network."""
    offer_dcc: str = ""
    """DCC offered for each slice, in decimal; empty: DCP's market value."""
    groups: str = ""
    """File with the compute groups, as JSON; empty: the public one. Read by the child alone, for it holds secrets."""
    patience_s: float = 180.0
    """DCP is given up when it shows no progress for so long; then home computes what is missing."""


class RunOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Options of `meshnode run`."""

    quorum: int = 2
    """Identical results wanted for each chunk, 1 to 8 (`--verify quorum:k`)."""
    home: HomeUse = "auto"
    """May this machine's own cores compute chunks? `never` also overrides the cost model, `only` keeps all at home."""
    dcp: DcpOptions | None = None
    """Ship the loops to DCP instead of the mesh; None: to the mesh."""
    strict: bool = False
    """Refuse what only older versions of Mojo accept."""


class ModuleRun(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What to run of a slice module of any language (`meshnode run-module`)."""

    content: bytes
    """The module."""
    captures: bytes = b""
    """What `mesh_load` gets."""
    iterations: int
    loop: int = 0
    """Passed through to `mesh_chunk`."""


class JobRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A program to run."""

    path: str
    """The file's name as the user gave it; it stands in diagnostics and in argument 0."""
    source: str
    modules: tuple[ModuleText, ...] = ()
    """The program's own modules that it imports."""
    module: ModuleRun | None = None
    """A slice module to run instead of a program; `source` is empty then."""
    arguments: tuple[str, ...] = ()
    options: RunOptions = RunOptions()

    @property
    def compile_options(self) -> CompileOptions:
        """How the compiler is to read it."""
        return CompileOptions(self.modules, self.options.strict)

    @property
    def sources(self) -> dict[str, str]:
        """All texts by file, for diagnostics."""
        return {module.file: module.text for module in self.modules} | {self.path: self.source}
