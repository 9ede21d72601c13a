"""The flags of `run` for DCP: what they mean, whether they can work, and what is said of DCP at the end."""

import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import ParamSpec
from urllib.parse import urlsplit

import click

from meshnode.node.control_client import JsonObject
from meshnode.node.errors import NodeError
from meshnode.node.exit_code import ExitCode
from meshnode.node.options import DcpOptions
from meshnode.node.render import credits_text

P = ParamSpec("P")

KEYSTORES = Path("~/.dcp")
"""Where DCP's own programs look for keystores."""
PATIENCE_S = 180.0
"""DCP's workers ask for work about once a minute; a scheduler that is silent for three has lost the job."""
PATIENCE_S_MAX = 7 * 24 * 3600.0
OFFER_DIGITS_MAX = 30
"""An amount in DCC has 18 places."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DcpFlags:
    """The flags as they were given; None where they were not."""

    sdk: Path | None
    keystores: Path | None
    scheduler: str | None
    offer: str | None
    groups: Path | None
    patience: float | None

    @property
    def given(self) -> tuple[str, ...]:
        """Name the flags that were given."""
        names = ("sdk", "keystores", "scheduler", "offer", "groups", "patience")
        return tuple(f"--dcp-{name}" for name in names if getattr(self, name) is not None)


def dcp_flags(command: Callable[P, None]) -> Callable[P, None]:
    """Give a command the flags of `DcpFlags`, and `--via`."""
    folder = click.Path(file_okay=False, path_type=Path)
    for option in (
        click.option(
            "--dcp-patience",
            type=click.FloatRange(1, PATIENCE_S_MAX),
            metavar="SECONDS",
            help=f"Give DCP up when it shows no progress for so long (default: {PATIENCE_S:g}); home goes on.",
        ),
        click.option(
            "--dcp-groups",
            type=click.Path(dir_okay=False, path_type=Path),
            metavar="FILE",
            help='Compute groups that may work on the loops, as JSON: [{"joinKey": …, "joinSecret": …}]. '
            "Default: the public group.",
        ),
        click.option(
            "--dcp-offer",
            metavar="DCC",
            help="DCC to offer for each chunk. Default: DCP's market value. DCC are not this mesh's credits.",
        ),
        click.option(
            "--dcp-scheduler",
            metavar="URL",
            help="DCP scheduler, such as a meshnode gateway. Default: the real network's.",
        ),
        click.option(
            "--dcp-keystores",
            type=folder,
            metavar="DIR",
            help=f"Folder with id.keystore and default.keystore, without passphrases (default: {KEYSTORES}). "
            "Only DCP's client reads them.",
        ),
        click.option(
            "--dcp-sdk",
            type=folder,
            metavar="DIR",
            help="Folder in which `npm install dcp-client@5.6.1` was run. Needs Node.js.",
        ),
        click.option(
            "--via",
            type=click.Choice(["mesh", "dcp"]),
            default="mesh",
            show_default=True,
            help="Who computes the loops. What DCP returns counts only once it was matched at home.",
        ),
    ):
        command = option(command)
    return command


def read_dcp(via: str, home: str, flags: DcpFlags) -> DcpOptions | None:
    """Return how loops are shipped to DCP, with absolute paths; None if they are not.

    Raises:
        NodeError: a flag is missing, wrong or of no use, or names what is not there.
    """
    if via != "dcp":
        if flags.given:
            raise _usage(f"{flags.given[0]} is of no use without --via dcp")
        return None
    if home == "only":
        raise _usage("--home only keeps all loops at home; leave it out with --via dcp")
    if shutil.which("node") is None:
        raise NodeError(
            "--via dcp needs Node.js, and there is no `node` in PATH; install Node.js 18 or later",
            ExitCode.CONFIG,
        )
    keystores = _absolute(flags.keystores or KEYSTORES)
    _check_keystores(keystores)
    return DcpOptions(
        sdk=str(_sdk(flags.sdk)),
        keystores=str(keystores),
        scheduler=_url(flags.scheduler),
        offer_dcc=_amount(flags.offer),
        groups=str(_groups(flags.groups)) if flags.groups else "",
        patience_s=flags.patience or PATIENCE_S,
    )


def dcp_sentences(job: JsonObject) -> tuple[str, ...]:
    """Say what DCP had to do with a job that has ended, one sentence for each loop run that went there."""
    return tuple(_sentences(job))


def _sentences(job: JsonObject) -> Iterable[str]:
    summary = job.get("summary")
    runs = summary.get("loop_runs") if isinstance(summary, dict) else None
    for run in runs if isinstance(runs, list) else []:
        dcp = run.get("dcp") if isinstance(run, dict) else None
        if not isinstance(dcp, dict):
            continue
        parts = [
            f"{dcp['chunks_by_dcp']} chunks by DCP",
            f"{dcp['chunks_by_home']} by home",
            f"wrong results from DCP: {dcp['wrong_results']}",
            _offered(dcp),
        ]
        if dcp["failure"]:
            parts.append(f"DCP was given up: {dcp['failure']}")
        yield f"loop at line {run['line']}: " + "; ".join(parts)


def _offered(dcp: JsonObject) -> str:
    if not dcp["offered_dcc"]:
        return "offered DCP's market value"
    micro = int(Decimal(str(dcp["offered_dcc"])) * Decimal(str(dcp["micro_credits_per_dcc"])))
    return (
        f"offered {dcp['offered_dcc']} DCC ({credits_text(micro)} at this node's rate, "
        "which its ledger has nothing to do with)"
    )


def _sdk(folder: Path | None) -> Path:
    if folder is None:
        raise _usage(
            "--via dcp needs DCP's client: run `npm install dcp-client@5.6.1` in a folder and name it with --dcp-sdk"
        )
    absolute = _absolute(folder)
    if not (absolute / "node_modules" / "dcp-client" / "package.json").is_file():
        raise _usage(
            f"there is no node_modules/dcp-client in {folder}; run `npm install dcp-client@5.6.1` there"
        )
    return absolute


def _check_keystores(folder: Path) -> None:
    """See whether the keystores are there; they are not opened."""
    for name in ("id.keystore", "default.keystore"):
        if not (folder / name).exists():
            raise _usage(
                f"there is no {name} in {folder}; download your keystores from DCP's portal, "
                "or name their folder with --dcp-keystores"
            )


def _groups(file: Path) -> Path:
    if not file.is_file():
        raise NodeError(f"there is no file {file}", ExitCode.NO_INPUT)
    return _absolute(file)


def _url(text: str | None) -> str:
    if text is None:
        return ""
    try:
        parts = urlsplit(text)
        is_url = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        is_url = False
    if not is_url:
        raise _usage(f"--dcp-scheduler is a URL such as http://127.0.0.1:8080, not {text!r}")
    return text


def _amount(text: str | None) -> str:
    if text is None:
        return ""
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal(-1)
    if len(text) > OFFER_DIGITS_MAX or not amount.is_finite() or amount < 0:
        raise _usage(f"--dcp-offer is an amount of DCC such as 0.0001, not {text!r}")
    return format(amount, "f")


def _absolute(path: Path) -> Path:
    return path.expanduser().absolute()


def _usage(message: str) -> NodeError:
    return NodeError(message, ExitCode.USAGE)
