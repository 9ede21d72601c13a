"""A folder with a stand-in for npm's dcp-client, and keystores' names without content."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from meshnode.node.options import DcpOptions

SDK = Path(__file__).parent / "fake_sdk"

Faults = dict[str, int | bool | Sequence[int]]
"""What it does wrong: see fake_sdk/index.js."""


@dataclass(frozen=True)
class FakeDcp:
    """The stand-in, and what it wrote down."""

    root: Path

    @property
    def sdk(self) -> Path:
        return self.root / "sdk"

    @property
    def keystores(self) -> Path:
        return self.root / "keystores"

    @property
    def log(self) -> str:
        path = self.keystores / "fake.log"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def options(
        self,
        patience_s: float = 60.0,
        offer_dcc: str = "",
        groups: str = "",
        scheduler: str = "http://127.0.0.1:1/",
    ) -> DcpOptions:
        return DcpOptions(
            sdk=str(self.sdk),
            keystores=str(self.keystores),
            scheduler=scheduler,
            offer_dcc=offer_dcc,
            groups=groups,
            patience_s=patience_s,
        )


def fake_dcp(root: Path, faults: Faults) -> FakeDcp:
    """Install the stand-in below `root`."""
    fake = FakeDcp(root)
    package = fake.sdk / "node_modules" / "dcp-client"
    package.mkdir(parents=True)
    shutil.copy(SDK / "index.js", package)
    (package / "package.json").write_text('{"name": "dcp-client", "version": "0.0.1-fake"}')
    fake.keystores.mkdir()
    for name in ("id", "default"):
        (fake.keystores / f"{name}.keystore").write_text("{}")
    (fake.keystores / "fake.json").write_text(json.dumps(faults))
    return fake
