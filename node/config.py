"""The node's configuration: `config.toml` in the data directory, overridden by flags. It reads no environment."""

import os
import re
import tomllib
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Literal, get_args

from meshnode.node.errors import ConfigError, NodeError
from meshnode.node.listen_address import listen_address
from meshnode.node.options import HomeUse
from meshnode.protocol.values import IdentityId

Contribute = Literal["never", "idle", "always"]

IDENTITY_BYTES = 32

_POSITIVE = {
    "cores",
    "blob_store_bytes_max",
    "gateway_quorum",
    "gateway_progress_s",
    "gateway_slice_s",
}

PRICE_DEFAULT = 1_000
"""Micro-credits for 10⁹ operations; about a core-second of work for a thousandth of a credit."""

STRANGERS_POOL_DEFAULT = 10**13
"""Operations a day that all strangers together may use: about a core-hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Everything that an operator may choose."""

    listen: tuple[str, ...] = ("/ip4/127.0.0.1/tcp/0",)
    """Multiaddresses to listen on; port 0 takes a free one."""
    bootstrap: tuple[str, ...] = ()
    """Multiaddresses (with /p2p/ID) of nodes to join at the start."""
    contribute: Contribute = "idle"
    """When this node computes for others."""
    cores: int = field(default_factory=lambda: max(1, (os.cpu_count() or 2) - 1))
    """Cores lent at most, for others' slices and for own chunks."""
    price_per_giga: int = PRICE_DEFAULT
    """Price in micro-credits per 10⁹ operations: asked as a worker, offered at most as a requester."""
    strangers_pool_operations: int = STRANGERS_POOL_DEFAULT
    """Operations a day for identities that are not trusted, all together."""
    trusted: tuple[IdentityId, ...] = ()
    """Identities (64 hex digits in the file) that are no strangers."""
    idle_load_percent: int = 25
    """Other programs' use of one core, above which an idle-only node pauses."""
    idle_input_s: int = 60
    """Seconds without keyboard or terminal input before an idle-only node works."""
    blob_store_bytes_max: int = 4 << 30
    """Disk space for cached modules, captures and tapes."""
    javascript: bool = True
    """Compute JavaScript slices (of DCP's jobs) for others, too."""
    pyodide: str = ""
    """Folder with Pyodide, for Python slices (of DCP's jobs); empty: this node computes none."""
    gateway: str = ""
    """ADDRESS:PORT of the DCP gateway; empty: none is started with the daemon."""
    gateway_clients: tuple[str, ...] = ()
    """Identities (0x and 40 hex digits) that may use the gateway; empty: all, on loopback only."""
    gateway_origins: tuple[str, ...] = ()
    """Origins from which jobs' remote values are fetched; on loopback those of this machine, too."""
    gateway_home: HomeUse = "auto"
    """As `--home` of `run`, for the gateway's jobs."""
    gateway_quorum: int = 2
    """As `--verify quorum:k` of `run`, for the gateway's jobs."""
    gateway_credits_per_day: int = 0
    """Micro-credits that the jobs of one payment account may cost in a day; 0: no limit."""
    gateway_credits_per_dcc: int = 1_000_000
    """Rate at which an offer in DCC is read, in micro-credits. No DCC are taken or paid."""
    gateway_progress_s: int = 30
    """Longest time of a slice without `progress()`."""
    gateway_slice_s: int = 300
    """Longest time of a slice."""


def load_config(data_directory: Path) -> Config:
    """Read `config.toml` if it is there.

    Raises:
        ConfigError: unreadable, not TOML, an unknown name or a value of the wrong kind; the message names it.
    """
    path = data_directory / "config.toml"
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Config()
    except (OSError, UnicodeDecodeError) as err:
        raise ConfigError(f"{path} cannot be read: {err}") from err
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as err:
        raise ConfigError(f"{path} is not TOML: {err}") from err
    return override(
        Config(), {name.replace("-", "_"): value for name, value in table.items()}, str(path)
    )


def override(config: Config, values: dict[str, object], where: str) -> Config:
    """Replace the named values after checking each.

    Raises:
        ConfigError: an unknown name or a bad value, with `where` it stands.
    """
    known = {item.name for item in fields(Config)}
    checked: dict[str, object] = {}
    for name, value in values.items():
        if name not in known:
            raise ConfigError(
                f"{where}: unknown setting `{name}`; known are {', '.join(sorted(known))}"
            )
        checked[name] = _checked(name, value, where)
    return replace(config, **checked)  # type: ignore[arg-type]  # each value was checked against its field above


def _checked(name: str, value: object, where: str) -> object:
    match name:
        case "listen" | "bootstrap" | "gateway_origins":
            return _texts(name, value, where)
        case "gateway_clients":
            return tuple(_address(text, where) for text in _texts(name, value, where))
        case "gateway":
            return _gateway(value, where)
        case "pyodide":
            return _folder(name, value, where)
        case "javascript":
            return _switch(name, value, where)
        case "trusted":
            return tuple(_identity(text, where) for text in _texts(name, value, where))
        case "contribute" | "gateway_home":
            choices = get_args(Contribute if name == "contribute" else HomeUse)
            return _choice(name, value, where, choices)
        case _:
            return _count(name, value, where)


def _switch(name: str, value: object, where: str) -> bool:
    if not isinstance(value, bool):
        raise ConfigError(f"{where}: `{name}` must be true or false, not {value!r}")
    return value


def _choice(name: str, value: object, where: str, choices: tuple[str, ...]) -> str:
    if value not in choices:
        known = ", ".join(f'"{choice}"' for choice in choices)
        raise ConfigError(f"{where}: `{name}` must be one of {known}, not {value!r}")
    return str(value)


def _address(text: str, where: str) -> str:
    if re.fullmatch(r"0x[0-9a-fA-F]{40}", text) is None:
        raise ConfigError(f"{where}: {text!r} is no DCP identity; write 0x and 40 hex digits")
    return text.lower()


def _folder(name: str, value: object, where: str) -> str:
    if not isinstance(value, str) or (value and not Path(value).expanduser().is_dir()):
        raise ConfigError(f"{where}: `{name}` must name a folder that exists, not {value!r}")
    return str(Path(value).expanduser().absolute()) if value else ""


def _gateway(value: object, where: str) -> str:
    try:
        is_sound = value == "" or (isinstance(value, str) and bool(listen_address(value)))
    except NodeError:
        is_sound = False
    if not is_sound:
        raise ConfigError(
            f"{where}: `gateway` must be ADDRESS:PORT, such as 127.0.0.1:8080, not {value!r}"
        )
    return str(value)


def _count(name: str, value: object, where: str) -> int:
    minimum = 1 if name in _POSITIVE else 0
    if isinstance(value, bool) or not isinstance(value, int) or value < minimum:
        raise ConfigError(
            f"{where}: `{name}` must be a whole number of at least {minimum}, not {value!r}"
        )
    return value


def _texts(name: str, value: object, where: str) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
        raise ConfigError(f"{where}: `{name}` must be a list of texts, not {value!r}")
    return tuple(str(item) for item in value)


def _identity(text: str, where: str) -> IdentityId:
    try:
        raw = bytes.fromhex(text)
    except ValueError:
        raw = b""
    if len(raw) != IDENTITY_BYTES:
        raise ConfigError(
            f"{where}: {text!r} is no identity; `meshnode status` on that node prints its 64 hex digits"
        )
    return IdentityId(raw)


def pyodide_folder(config: Config) -> Path | None:
    """Return the folder with Pyodide; None if there is none."""
    return Path(config.pyodide) if config.pyodide else None
