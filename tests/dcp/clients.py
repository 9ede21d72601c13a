"""The real DCP clients: where `install.sh` put them, and how one of their programs is started.

Programs are copied beside the client's `node_modules`, so that `require` and `import` find the packages as they would
in anybody's project.
"""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
PROGRAMS = HERE / "programs"
SCRIPTS = HERE / "scripts"
INSTALLED = HERE.parent.parent / "build" / "dcp"

MISSING = 3
"""How `install.sh` ends where Node.js or npm are missing."""
KEYSTORES_S = 60.0


class ClientsMissingError(Exception):
    """This machine has no Node.js or npm; the message says so in one sentence."""


@dataclass(frozen=True, slots=True)
class Clients:
    """The folder with the installed packages."""

    root: Path

    @property
    def package(self) -> Path:
        """The npm package dcp-client 5.6.1."""
        return self.root / "client" / "node_modules" / "dcp-client"

    @property
    def programs(self) -> Path:
        """Where copies of our programs are run."""
        return self.root / "client" / "programs"

    @property
    def scripts(self) -> Path:
        """Where copies of the tests' own scripts are run."""
        return self.root / "client" / "scripts"

    @property
    def python(self) -> Path:
        """The interpreter that has PyPI dcp 3.4.3."""
        return self.root / "python" / "bin" / "python"

    @property
    def pyodide(self) -> Path:
        """What Python jobs run on, after `fetch_pyodide`."""
        return self.root / "pyodide"

    def node_environment(self, home: Path, url: str) -> dict[str, str]:
        """What a program's process sees of the world: keystores in `home`, the gateway at `url`."""
        temporary = home / "tmp"
        temporary.mkdir(parents=True, exist_ok=True)
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "TMPDIR": str(temporary),
            "LANG": "C.UTF-8",
            "DCP_SCHEDULER_LOCATION": url,
        }


def install(root: Path = INSTALLED) -> Clients:
    """Install what is missing, and copy our programs to it.

    Raises:
        ClientsMissingError: Node.js or npm is missing.
    """
    done = subprocess.run(
        ["bash", str(HERE / "install.sh"), str(root)],
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode == MISSING:
        raise ClientsMissingError(done.stderr.strip())
    assert done.returncode == 0, done.stderr
    clients = Clients(root.resolve())
    shutil.copytree(PROGRAMS, clients.programs, dirs_exist_ok=True)
    shutil.copytree(SCRIPTS, clients.scripts, dirs_exist_ok=True)
    return clients


def fetch_pyodide(clients: Clients) -> str:
    """Fetch what Python jobs run on, and make its image; return why that cannot be done, or nothing."""
    folder = str(clients.pyodide)
    for command in (
        ["bash", str(HERE / "fetch_pyodide.sh"), folder],
        [sys.executable, "-m", "meshnode.sandbox.javascript.pyodide_image", folder],
    ):
        done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            return done.stderr.strip() or f"{command[0]} ended with {done.returncode}"
    return ""


def make_home(clients: Clients, home: Path) -> dict[str, str]:
    """Make a home directory with an identity (`id`) and an account (`default`); return their addresses."""
    environment = clients.node_environment(home, "") | {"DCP_CONFIG_LOCATION": ""}
    done = subprocess.run(
        ["node", str(clients.scripts / "make_keystores.js")],
        env=environment,
        capture_output=True,
        text=True,
        timeout=KEYSTORES_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    addresses = json.loads(done.stdout)
    assert isinstance(addresses, dict)
    return {str(name): str(address) for name, address in addresses.items()}
