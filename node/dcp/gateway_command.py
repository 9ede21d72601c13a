"""`meshnode gateway`: starts, stops and shows the daemon's DCP gateway. Imports no server."""

from pathlib import Path

import click

from meshnode.node.cli_common import Common, common, examples, read_quorum
from meshnode.node.control_client import JsonObject
from meshnode.node.dcp.claim_command import claim
from meshnode.node.dcp.gateway_request import GatewayStart
from meshnode.node.options import HomeUse


@click.group(epilog=examples("meshnode gateway start", "meshnode gateway status --json"))
def gateway() -> None:
    """Let programs and workers of DCP (Distributive's compute platform) use this node.

    Credits here are not DCC: nothing is taken from or paid to a DCP account.
    """


@gateway.command(
    epilog=examples(
        "meshnode gateway start --listen 127.0.0.1:8080",
        "DCP_SCHEDULER_LOCATION=http://127.0.0.1:8080 node my-dcp-program.js",
    )
)
@common
@click.option("--listen", metavar="ADDRESS:PORT", help="Where to listen; port 0 takes a free one.")
@click.option(
    "--home",
    type=click.Choice(["auto", "never", "only"]),
    help="May this machine's own cores compute slices? As for `run`.",
)
@click.option("--verify", callback=read_quorum, help="How results are verified, as for `run`.")
@click.option(
    "--client",
    "clients",
    multiple=True,
    metavar="ADDRESS",
    help="DCP identity (0x…) that may use the gateway; may be repeated. Needed beyond loopback.",
)
def start(
    *,
    data_dir: Path,
    as_json: bool,
    verbose: bool,
    listen: str | None,
    home: HomeUse | None,
    verify: int | None,
    clients: tuple[str, ...],
) -> None:
    """Start the gateway in the running daemon, and print its address. It ends with the daemon."""
    here = Common(data_dir, as_json, verbose)
    asked = GatewayStart(listen=listen, home=home, quorum=verify, clients=clients)
    answer = here.client.request("POST", "/gateway/start", asked)
    here.show(
        answer,
        lambda a: f"DCP gateway at {a['url']}; use it with DCP_SCHEDULER_LOCATION={a['url']}",
    )


@gateway.command(epilog=examples("meshnode gateway stop"))
@common
def stop(*, data_dir: Path, as_json: bool, verbose: bool) -> None:
    """Stop the gateway; its unfinished jobs go on when it is started again."""
    here = Common(data_dir, as_json, verbose)
    here.show(here.client.request("POST", "/gateway/stop"), lambda _: "the gateway has stopped")


@gateway.command(epilog=examples("meshnode gateway status --json"))
@common
def status(*, data_dir: Path, as_json: bool, verbose: bool) -> None:
    """Show whether the gateway runs, where, and how many jobs it has."""
    here = Common(data_dir, as_json, verbose)
    here.show(here.client.request("GET", "/gateway"), _status_text)


gateway.add_command(claim)


def _status_text(answer: JsonObject) -> str:
    if not answer["is_running"]:
        return "the gateway is not running; `meshnode gateway start` starts it"
    return (
        f"gateway    {answer['url']}\naddress    {answer['address']}\n"
        f"jobs       {answer['jobs_unfinished']} unfinished\n"
        f"verified   quorum:{answer['quorum']}, home {answer['home']}"
    )
