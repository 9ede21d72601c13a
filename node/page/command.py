"""`meshnode page`, and what the control API does for it. Imports no server: the command line must start fast."""

from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from meshnode.node.cli_common import Common, common, examples
from meshnode.node.control_client import JsonObject
from meshnode.node.listen_address import is_loopback, listen_address

if TYPE_CHECKING:
    from meshnode.node.page.server import PageServer

LISTEN_DEFAULT = "127.0.0.1:0"


class PageStart(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The body of POST /page/start."""

    listen: str = LISTEN_DEFAULT


@click.command(
    epilog=examples(
        "meshnode page", "meshnode page --listen 127.0.0.1:8000", "meshnode page --stop"
    )
)
@common
@click.option(
    "--listen",
    default=LISTEN_DEFAULT,
    show_default=True,
    metavar="ADDRESS:PORT",
    help="Where the page is served; port 0 takes a free one.",
)
@click.option("--stop", "is_stop", is_flag=True, help="End the page; its address is then void.")
def page(*, data_dir: Path, as_json: bool, verbose: bool, listen: str, is_stop: bool) -> None:
    """Serve a page to write, explain and run programs in the browser, and print its address.

    The address holds a secret: whoever has it can run programs on your node.
    """
    here = Common(data_dir, as_json, verbose)
    if is_stop:
        here.show(here.client.request("POST", "/page/stop"), lambda _: "the page is not served now")
        return
    address, _ = listen_address(listen)
    answer = here.client.request("POST", "/page/start", PageStart(listen=listen))
    here.show(answer, lambda a: str(a["url"]))
    if not is_loopback(address):
        click.echo(
            "meshnode: other machines can reach the page, and read the secret on its way", err=True
        )


async def start_page(server: "PageServer", body: bytes) -> JsonObject:
    """Answer POST /page/start: serve the page, if it is not served yet, and tell its address.

    Raises:
        msgspec.DecodeError: the body is no `PageStart`.
        NodeError: it cannot be served there.
    """
    address, port = listen_address(msgspec.json.decode(body or b"{}", type=PageStart).listen)
    return {"url": await server.start(address, port)}


async def stop_page(server: "PageServer") -> JsonObject:
    """Answer POST /page/stop."""
    await server.stop()
    return {}
