"""Where a server listens, as a person writes it; and the gateway's settings."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshnode.node.config import Config, load_config, override
from meshnode.node.errors import ConfigError, NodeError
from meshnode.node.exit_code import ExitCode
from meshnode.node.listen_address import is_loopback, listen_address

ADDRESS = "0x52908400098527886E0F7030069857D2E4169EE7"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:8080", ("127.0.0.1", 8080)),
        ("0.0.0.0:0", ("0.0.0.0", 0)),
        ("localhost:65535", ("localhost", 65_535)),
        ("[::1]:80", ("::1", 80)),
        ("example.org:443", ("example.org", 443)),
    ],
)
def test_an_address_and_port_are_read(text: str, address: tuple[str, int]) -> None:
    assert listen_address(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        ":",
        ":80",
        "80",
        "127.0.0.1",
        "127.0.0.1:",
        "127.0.0.1:x",
        "127.0.0.1:-1",
        "127.0.0.1:80 ",
        "127.0.0.1:65536",
        "127.0.0.1:99999999999999999999",
        "127.0.0.1:\u0661",
        "[::1]",
        "[]:80",
        "[::1:80",
        "::1]:80",
        "[127.0.0.1]x:80",
        "http://127.0.0.1:80",
        "127.0.0.1/path:80",
        "user@127.0.0.1:80",
        " 127.0.0.1:80",
        "a\0b:80",
    ],
)
def test_what_is_no_address_is_refused_with_one_sentence(text: str) -> None:
    with pytest.raises(NodeError) as refused:
        listen_address(text)

    assert refused.value.exit_code is ExitCode.USAGE
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) > 20


@given(st.text(max_size=30) | st.from_regex(r"\[?[0-9a-f:.]*\]?:[0-9]{1,6}", fullmatch=True))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        address, port = listen_address(text)
    except NodeError:
        return
    assert address
    assert 0 <= port <= 65_535


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.1", "::1", "localhost"])
def test_only_this_machine_reaches_loopback(address: str) -> None:
    assert is_loopback(address)


@pytest.mark.parametrize(
    "address",
    ["0.0.0.0", "::", "10.0.0.1", "example.org", "localhost.example.org", "127.0.0.1.nip.io", ""],
)
def test_others_reach_everything_else(address: str) -> None:
    assert not is_loopback(address)


# The gateway's settings


def read(tmp_path: Path, text: str) -> Config:
    (tmp_path / "config.toml").write_text(text)
    return load_config(tmp_path)


def test_no_gateway_is_started_unless_the_owner_says_so(tmp_path: Path) -> None:
    assert load_config(tmp_path).gateway == ""
    assert load_config(tmp_path).gateway_clients == ()


def test_the_gateways_settings_are_read(tmp_path: Path) -> None:
    config = read(
        tmp_path,
        f"""
        javascript = false
        gateway = "[::1]:8080"
        gateway_clients = ["{ADDRESS}"]
        gateway_origins = ["https://data.example:8443"]
        gateway_home = "only"
        gateway-quorum = 3
        gateway_credits_per_day = 1000
        gateway_credits_per_dcc = 5
        gateway_progress_s = 10
        gateway_slice_s = 20
        """,
    )

    assert config == Config(
        javascript=False,
        gateway="[::1]:8080",
        gateway_clients=(ADDRESS.lower(),),
        gateway_origins=("https://data.example:8443",),
        gateway_home="only",
        gateway_quorum=3,
        gateway_credits_per_day=1000,
        gateway_credits_per_dcc=5,
        gateway_progress_s=10,
        gateway_slice_s=20,
        cores=config.cores,
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("javascript", 1),
        ("gateway", 8080),
        ("gateway", "8080"),
        ("gateway", ":8080"),
        ("gateway", "127.0.0.1:70000"),
        ("gateway", "127.0.0.1:\u0661"),
        ("gateway_clients", ADDRESS),
        ("gateway_clients", ["0x12"]),
        ("gateway_clients", [5]),
        ("gateway_clients", [ADDRESS + "0"]),
        ("gateway_origins", "https://x"),
        ("gateway_home", "sometimes"),
        ("gateway_quorum", 0),
        ("gateway_quorum", True),
        ("gateway_credits_per_day", -1),
        ("gateway_progress_s", 0),
        ("gateway_slice_s", 0.5),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: object) -> None:
    with pytest.raises(ConfigError, match=r"config\.toml: ") as refused:
        override(Config(), {name: value}, "config.toml")

    bad = value[0] if isinstance(value, list) else value
    assert f"`{name}`" in str(refused.value) or repr(bad) in str(refused.value)
    assert "\n" not in str(refused.value)
