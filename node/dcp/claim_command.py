"""`meshnode gateway claim`: gets credits that a DCP address has earned at somebody's gateway."""

import json
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import click

from meshnode.node.cli_common import Common, common, examples
from meshnode.node.control_client import JsonObject
from meshnode.node.errors import NodeError
from meshnode.node.exit_code import ExitCode

TIMEOUT_S = 30.0
ANSWER_BYTES_MAX = 1 << 16


@click.command(
    name="claim",
    epilog=examples(
        "meshnode gateway claim http://10.0.0.5:8080 --address 0x… > claim.txt",
        "meshnode gateway claim http://10.0.0.5:8080 --text claim.txt --signature 0x…",
    ),
)
@common
@click.argument("url")
@click.option("--address", help="The address that DCP workers named for payment.")
@click.option("--identity", help="The meshnode identity to be credited; default: this node's.")
@click.option("--text", type=click.Path(path_type=Path), help="File with the text that was signed.")
@click.option("--signature", help="The address's signature over the text (personal message).")
def claim(
    *,
    data_dir: Path,
    as_json: bool,
    verbose: bool,
    url: str,
    address: str | None,
    identity: str | None,
    text: Path | None,
    signature: str | None,
) -> None:
    """Claim credits that an address has earned at a gateway: first get the text, sign it, then hand both in.

    Sign with the wallet that has the address's key; meshnode never sees that key.
    """
    here = Common(data_dir, as_json, verbose)
    if text is not None and signature is not None:
        body = json.dumps({"text": _read(text), "signature": signature})
        here.show(_asked(url, "POST", "/claims", body), lambda _: "the credits were moved")
        return
    if address is None or text is not None or signature is not None:
        raise NodeError(
            "give --address to get the text to sign, or --text and --signature to hand it in",
            ExitCode.USAGE,
        )
    named = identity or str(here.client.request("GET", "/status")["identity"])
    query = urlencode({"address": address, "identity": named})
    here.show(_asked(url, "GET", f"/claims?{query}", None), lambda a: str(a["text"]))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").rstrip("\n")
    except (OSError, UnicodeDecodeError) as err:
        raise NodeError(f"{path} cannot be read: {err}", ExitCode.NO_INPUT) from err


def _asked(url: str, method: str, path: str, body: str | None) -> JsonObject:
    import http.client  # a fortieth of a second, which no other command waits for

    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise NodeError(
            f"{url} is no address of a gateway, such as http://HOST:PORT", ExitCode.USAGE
        )
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.netloc, timeout=TIMEOUT_S)
    try:
        connection.request(method, path, body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        answer = json.loads(response.read(ANSWER_BYTES_MAX))
    except (OSError, http.client.HTTPException, ValueError) as err:
        raise NodeError(
            f"no gateway answers at {url} ({type(err).__name__})", ExitCode.DAEMON_UNREACHABLE
        ) from err
    finally:
        connection.close()
    if not isinstance(answer, dict) or "error" in answer:
        reason = answer.get("error") if isinstance(answer, dict) else answer
        raise NodeError(f"the gateway refuses: {reason}", ExitCode.JOB_FAILED)
    return answer
