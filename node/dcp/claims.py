"""Claims over HTTP: the owner of an address gets the text to sign, and brings it back signed.

`GET /claims?address=0x…&identity=…` says what the address has and gives the text; `POST /claims` with JSON `{text,
signature}` moves the credits to the identity. Who may call this need not be asked: the signature decides.
"""

import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus

from aiohttp import web

from meshnode.ledger import Ledger, accounts
from meshnode.ledger.claim import claim_text
from meshnode.node.dcp.accounts import ClaimError, new_claim, read_address, read_claim
from meshnode.node.dcp.job_database import read_body
from meshnode.node.dcp.json_text import dumps, loads
from meshnode.node.dcp.port import DcpRefused, JsonValue
from meshnode.node.store_thread import StoreThread
from meshnode.protocol.values import IdentityId, MeshId

logger = logging.getLogger(__name__)

PATH = "/claims"
POST_BYTES_MAX = 4096
IDENTITY_BYTES = 32


class Claims:
    """Gives texts and takes signatures, for one ledger."""

    def __init__(
        self, ledger: Ledger, mesh: MeshId, thread: StoreThread, now_ms: Callable[[], int]
    ) -> None:
        self._ledger = ledger
        self._mesh = mesh
        self._thread = thread
        self._now_ms = now_ms

    def add_routes(self, application: web.Application) -> None:
        """Serve PATH."""
        application.add_routes([web.get(PATH, self._prepare), web.post(PATH, self._take)])

    async def _prepare(self, request: web.Request) -> web.Response:
        address = read_address(request.query.get("address", ""))
        identity = _identity(request.query.get("identity", ""))
        if address is None or identity is None:
            return _refusal(
                "name the address (0x and 40 hex digits) and the identity (64 hex digits, as "
                "`meshnode status` shows it): /claims?address=0x…&identity=…"
            )
        balance = await self._thread.call(lambda: self._ledger.balance(accounts.dcp(address)))
        claim = new_claim(address, identity, None, self._now_ms())
        text = claim_text(claim, self._mesh, self._ledger.identity)
        return _answer({"balance": balance.settled_credits, "text": text})

    async def _take(self, request: web.Request) -> web.Response:
        try:
            body = loads((await read_body(request, POST_BYTES_MAX)).decode())
            fields = body if isinstance(body, dict) else {}
            text, signature = fields.get("text"), fields.get("signature")
            if not isinstance(text, str) or not isinstance(signature, str):
                return _refusal('send JSON such as {"text": "…", "signature": "0x…"}')
            claimed = read_claim(text, signature, self._mesh, self._ledger.identity)
        except (ClaimError, DcpRefused, UnicodeDecodeError) as err:
            return _refusal(str(err))
        refusal = await self._thread.call(lambda: self._ledger.claim(claimed, self._now_ms()))
        if refusal is not None:
            return _refusal(f"the claim is refused: {refusal.value}")
        claim = claimed.claim
        logger.info(
            "event=dcp_claimed address=%s identity=%s",
            claim.address.hex()[:8],
            claim.identity.hex()[:8],
        )
        return _answer({"claimed": True})


def _identity(text: str) -> IdentityId | None:
    try:
        raw = bytes.fromhex(text)
    except ValueError:
        return None
    return IdentityId(raw) if len(raw) == IDENTITY_BYTES else None


def _answer(fields: Mapping[str, JsonValue], status: HTTPStatus = HTTPStatus.OK) -> web.Response:
    return web.Response(text=dumps(dict(fields)), content_type="application/json", status=status)


def _refusal(message: str) -> web.Response:
    return _answer({"error": message}, HTTPStatus.BAD_REQUEST)
