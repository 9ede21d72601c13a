"""The flags of `run --via dcp`: what is missing is said in one sentence, before anything is started."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.dcp.outbound.fake import FakeDcp, fake_dcp

from meshnode.node.cli import cli
from meshnode.node.cli_dcp import PATIENCE_S, DcpFlags, dcp_sentences, read_dcp
from meshnode.node.errors import NodeError
from meshnode.node.exit_code import ExitCode

NOTHING = DcpFlags(sdk=None, keystores=None, scheduler=None, offer=None, groups=None, patience=None)

needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")


@pytest.fixture
def fake(tmp_path: Path) -> FakeDcp:
    return fake_dcp(tmp_path, {})


def flags_of(fake: FakeDcp) -> DcpFlags:
    return replace(NOTHING, sdk=fake.sdk, keystores=fake.keystores)


def test_loops_stay_on_the_mesh_unless_asked() -> None:
    assert read_dcp("mesh", "auto", NOTHING) is None


@needs_node
def test_what_is_left_out_is_dcps_default(fake: FakeDcp) -> None:
    options = read_dcp("dcp", "auto", flags_of(fake))

    assert options is not None
    assert (options.scheduler, options.offer_dcc, options.groups) == ("", "", "")
    assert options.patience_s == PATIENCE_S


@needs_node
def test_paths_travel_to_the_daemon_as_absolute_ones(
    fake: FakeDcp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(fake.root)
    (fake.root / "groups.json").write_text("[]")
    flags = replace(
        NOTHING, sdk=Path("sdk"), keystores=Path("keystores"), groups=Path("groups.json")
    )

    options = read_dcp("dcp", "never", flags)

    assert options is not None
    assert options.sdk == str(fake.sdk)
    assert options.keystores == str(fake.keystores)
    assert options.groups == str(fake.root / "groups.json")


@needs_node
@pytest.mark.parametrize(
    ("change", "hint"),
    [
        (lambda flags: replace(flags, sdk=None), "npm install dcp-client"),
        (lambda flags: replace(flags, sdk=Path("/nowhere")), "no node_modules/dcp-client in /no"),
        (lambda flags: replace(flags, keystores=Path("/nowhere")), "no id.keystore in /nowhere"),
        (lambda flags: replace(flags, scheduler="127.0.0.1:8080"), "is a URL"),
        (lambda flags: replace(flags, scheduler="http://[::1"), "is a URL"),
        (lambda flags: replace(flags, offer="much"), "amount of DCC"),
        (lambda flags: replace(flags, offer="-1"), "amount of DCC"),
        (lambda flags: replace(flags, offer="NaN"), "amount of DCC"),
        (lambda flags: replace(flags, groups=Path("/nowhere.json")), "no file"),
    ],
)
def test_a_wrong_flag_is_told_with_what_to_do(
    fake: FakeDcp, change: Callable[[DcpFlags], DcpFlags], hint: str
) -> None:
    with pytest.raises(NodeError, match=hint):
        read_dcp("dcp", "auto", change(flags_of(fake)))


@needs_node
@pytest.mark.parametrize("missing", ["id.keystore", "default.keystore"])
def test_a_missing_keystore_is_told_with_what_to_do(fake: FakeDcp, missing: str) -> None:
    (fake.keystores / missing).unlink()

    with pytest.raises(NodeError, match=f"there is no {missing}.*--dcp-keystores"):
        read_dcp("dcp", "auto", flags_of(fake))


def test_keeping_all_at_home_and_shipping_it_is_refused(fake: FakeDcp) -> None:
    with pytest.raises(NodeError, match="--home only"):
        read_dcp("dcp", "only", flags_of(fake))


def test_without_node_it_is_said_at_once(fake: FakeDcp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(fake.root))

    with pytest.raises(NodeError, match=r"install Node\.js") as caught:
        read_dcp("dcp", "auto", flags_of(fake))

    assert caught.value.exit_code is ExitCode.CONFIG


def test_a_flag_for_dcp_alone_is_refused(tmp_path: Path) -> None:
    program = tmp_path / "program.mojo"
    program.write_text("def main():\n    pass\n")

    done = CliRunner().invoke(
        cli, ["run", "--data-dir", str(tmp_path), "--dcp-offer", "1", str(program)]
    )

    assert isinstance(done.exception, NodeError)
    assert str(done.exception) == "--dcp-offer is of no use without --via dcp"


def test_the_end_of_a_job_says_what_dcp_did() -> None:
    dcp: dict[str, object] = {
        "chunks_by_dcp": 40,
        "chunks_by_home": 2,
        "wrong_results": 1,
        "offered_dcc": "0.0042",
        "micro_credits_per_dcc": 1_000_000,
        "failure": "it showed no progress for 180 s",
    }
    runs = [{"line": 7, "dcp": dcp}, {"line": 9}, {"line": 11, "dcp": dcp | {"offered_dcc": None}}]

    sentences = dcp_sentences({"summary": {"loop_runs": runs}})

    assert len(sentences) == 2
    assert sentences[0].startswith(
        "loop at line 7: 40 chunks by DCP; 2 by home; wrong results from DCP: 1; "
        "offered 0.0042 DCC (0.004200 cr at this node's rate"
    )
    assert sentences[0].endswith("DCP was given up: it showed no progress for 180 s")
    assert "market value" in sentences[1]
