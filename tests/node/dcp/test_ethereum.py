"""Ethereum's signatures: the published vectors, our own, and keys in files."""

import copy
import stat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meshnode.node.dcp.ethereum import (
    SigningKey,
    checksummed,
    open_signing_key,
    personal_hash,
    recover,
    recover_aside,
)
from meshnode.node.dcp.port import JsonValue
from meshnode.node.keys import KeyFileError

KEY = SigningKey(bytes.fromhex("4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318"))
"""The key of the examples in web3.js's documentation (`eth.accounts.sign`)."""


def test_the_published_example_is_signed_as_published() -> None:
    signature = KEY.sign("Some data")

    assert KEY.address == "0x2c7536e3605d9c16a7a3d7b1898e529396a65c23"
    assert personal_hash("Some data").startswith("1da44b586eb0729f")
    assert octets(signature["r"]).startswith("b91467e570a6466aa9e9876cbcd013baba02900b8979d43f")
    assert octets(signature["s"]).startswith("6007e74cd82e037b800186422fc2da167c747ef045e5d18a")
    assert signature["v"] == 0x1C


@pytest.mark.parametrize(
    "address",
    [
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
        "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
    ],
)
def test_addresses_are_checksummed_as_in_eip_55(address: str) -> None:
    assert checksummed(address.lower()) == address


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(text=st.text(st.characters(codec="utf-8")), secret=st.integers(1, 2**128))
def test_the_signer_is_recovered(text: str, secret: int) -> None:
    key = SigningKey(secret.to_bytes(32, "big"))

    assert recover(text, key.sign(text)) == key.address


async def test_long_texts_are_signed_and_recovered_aside() -> None:
    text = "é" * 1_000_000

    signature = await KEY.sign_aside(text)

    assert await recover_aside(text, signature) == KEY.address


def test_another_text_has_another_signer() -> None:
    assert recover("Some data.", KEY.sign("Some data")) != KEY.address


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("v", 29),
        ("v", True),
        ("v", "27"),
        ("r", None),
        ("r", {"type": "Buffer", "data": []}),
        ("r", {"type": "Buffer", "data": [0] * 32}),
        ("r", {"type": "Buffer", "data": [255] * 32}),
        ("r", {"type": "Buffer", "data": [1] * 33}),
        ("s", {"type": "Buffer", "data": [256] * 32}),
        ("s", {"type": "Buffer", "data": [True] * 32}),
        ("s", {"type": "Buffer", "data": "x" * 32}),
        ("s", {"type": "Buffer", "data": [255] * 32}),
    ],
)
def test_a_malformed_signature_has_no_signer(name: str, value: JsonValue) -> None:
    signature = copy.deepcopy(KEY.sign("Some data"))
    signature[name] = value

    assert recover("Some data", signature) is None


@pytest.mark.parametrize("signature", [None, 1, "x", [], {}])
def test_what_is_no_signature_has_no_signer(signature: JsonValue) -> None:
    assert recover("Some data", signature) is None
    assert recover("\ud800", KEY.sign("Some data")) is None


def test_a_key_is_made_once_and_only_for_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "dcp.key"

    made = open_signing_key(path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert open_signing_key(path).address == made.address


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "dcp.key"
    open_signing_key(path)
    path.chmod(0o640)

    with pytest.raises(KeyFileError, match="chmod 600"):
        open_signing_key(path)


@pytest.mark.parametrize("content", [b"", b"abc", b"g" * 64, b"0" * 64, b"\xff" * 64, b"1" * 66])
def test_a_damaged_key_is_not_replaced(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "dcp.key"
    path.write_bytes(content)
    path.chmod(0o600)

    with pytest.raises(KeyFileError, match="damaged"):
        open_signing_key(path)
    assert path.read_bytes() == content


def test_a_key_does_not_show_its_secret() -> None:
    assert repr(KEY) == "SigningKey(2c7536e3)"
    with pytest.raises(TypeError):
        copy.copy(KEY)


def octets(buffer: JsonValue) -> str:
    assert isinstance(buffer, dict)
    assert isinstance(buffer["data"], list)
    return bytes(octet for octet in buffer["data"] if isinstance(octet, int)).hex()
