"""The keys' files: made once, kept secret, renewed in time, and refused when something is wrong."""

from pathlib import Path

import pytest

from meshnode.node.keys import (
    CERTIFICATE_LASTS_MS,
    CERTIFICATE_RENEW_MS,
    Ed25519Verifier,
    KeyFileError,
    WorkingKey,
    open_keys,
)
from meshnode.protocol.identity import certificate_holds

NOW_MS = 1_800_000_000_000


def test_the_first_start_makes_an_identity_that_later_starts_keep(tmp_path: Path) -> None:
    first = open_keys(tmp_path, NOW_MS)
    second = open_keys(tmp_path, NOW_MS + 1000)

    assert (first.identity, first.working.key) == (second.identity, second.working.key)
    assert bytes(first.identity) != bytes(first.working.key)
    assert first.certificate == second.certificate
    assert certificate_holds(first.certificate, NOW_MS, Ed25519Verifier())


def test_key_files_are_open_to_their_owner_alone(tmp_path: Path) -> None:
    open_keys(tmp_path, NOW_MS)

    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert modes == {"root.key": 0o600, "working.key": 0o600, "certificate": 0o600}


def test_a_certificate_is_renewed_before_it_runs_out(tmp_path: Path) -> None:
    first = open_keys(tmp_path, NOW_MS)
    later_ms = NOW_MS + CERTIFICATE_LASTS_MS - CERTIFICATE_RENEW_MS + 1

    second = open_keys(tmp_path, later_ms)

    assert second.certificate.expires_ms == later_ms + CERTIFICATE_LASTS_MS
    assert second.identity == first.identity


def test_the_root_key_may_be_kept_elsewhere_until_the_certificate_runs_out(tmp_path: Path) -> None:
    first = open_keys(tmp_path, NOW_MS)
    (tmp_path / "root.key").unlink()

    assert open_keys(tmp_path, NOW_MS).identity == first.identity
    with pytest.raises(KeyFileError, match=r"put .*root\.key back"):
        open_keys(tmp_path, NOW_MS + CERTIFICATE_LASTS_MS)


def test_a_lost_working_key_is_replaced_under_the_same_identity(tmp_path: Path) -> None:
    first = open_keys(tmp_path, NOW_MS)
    (tmp_path / "working.key").unlink()

    second = open_keys(tmp_path, NOW_MS)

    assert second.identity == first.identity
    assert second.working.key != first.working.key
    assert second.certificate.working_key == second.working.key


def test_a_lost_root_key_is_not_replaced_in_silence(tmp_path: Path) -> None:
    open_keys(tmp_path, NOW_MS)
    (tmp_path / "root.key").unlink()
    (tmp_path / "certificate").unlink()

    with pytest.raises(KeyFileError, match=r"root\.key is missing"):
        open_keys(tmp_path, NOW_MS)


@pytest.mark.parametrize("name", ["root.key", "working.key"])
def test_a_key_that_others_can_read_is_refused(tmp_path: Path, name: str) -> None:
    open_keys(tmp_path, NOW_MS)
    (tmp_path / name).chmod(0o640)

    with pytest.raises(KeyFileError, match="open to others"):
        open_keys(tmp_path, NOW_MS)


@pytest.mark.parametrize("data", [b"", b"short", bytes(33)])
def test_a_file_of_the_wrong_size_is_no_key(tmp_path: Path, data: bytes) -> None:
    open_keys(tmp_path, NOW_MS)
    (tmp_path / "working.key").write_bytes(data)

    with pytest.raises(KeyFileError, match="no key"):
        open_keys(tmp_path, NOW_MS)


def test_a_damaged_certificate_is_told(tmp_path: Path) -> None:
    open_keys(tmp_path, NOW_MS)
    (tmp_path / "certificate").write_bytes(b"\xff\x00")

    with pytest.raises(KeyFileError, match="damaged"):
        open_keys(tmp_path, NOW_MS)


def test_a_key_shows_nothing_of_its_secret() -> None:
    key = WorkingKey(b"s" * 32)

    assert "73" * 4 not in repr(key)
    assert repr(key) == f"WorkingKey({key.key.hex()[:8]})"


def test_signatures_verify_and_forgeries_do_not() -> None:
    key, verifier = WorkingKey(bytes(32)), Ed25519Verifier()
    signature = key.sign(b"message")

    assert verifier.verify(key.key, b"message", signature)
    assert not verifier.verify(key.key, b"another", signature)
    assert not verifier.verify(key.key, b"message", bytes(64))
    assert not verifier.verify(key.key, b"message", signature[:-1])
    assert not verifier.verify(b"short", b"message", signature)
    assert not verifier.verify(bytes(32), b"message", bytes(64))
