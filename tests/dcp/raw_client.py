"""A DCP client of our own that can misbehave: it says exactly what it is told to, signed by whom it is told.

It speaks engine.io over websocket, sends messages in one piece, and keeps to the rules of dcp.md 4 unless a test breaks
them: one message unacknowledged, nonces from acknowledgements.
"""

import asyncio
import contextlib
import time
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Self, TypeVar

import aiohttp

from meshnode.node.dcp.envelope import seal
from meshnode.node.dcp.ethereum import SigningKey, checksummed
from meshnode.node.dcp.framing import Unframer, announcement
from meshnode.node.dcp.json_text import dumps, loads
from meshnode.node.dcp.port import JsonValue
from meshnode.protocol.errors import MeshError

T = TypeVar("T")

ANSWER_S = 60.0
_PUBLIC_GROUP: JsonValue = {
    "opaqueId": "WHhetL7mj1w1mw1XV6dxyC",
    "id": 1,
    "name": "Public Compute Group (open access)",
    "joinKey": "public",
    "joinHash": "",
}


class HungUpError(MeshError):
    """The gateway closed the transport, or the session."""


class RefusedError(MeshError):
    """The gateway answered `success: false`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class Names:
    """Fresh names that are different in every client and the same in every run of a seed."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._count = 0

    def next(self) -> str:
        """Give a name of 22 characters."""
        self._count += 1
        return f"{self._prefix}{self._count:0>{22 - len(self._prefix)}}"


class RawSession:
    """One connection to one service."""

    def __init__(self, url: str, service: str, key: SigningKey, names: Names) -> None:
        self.key = key
        """Signs what is sent; a test may change it."""
        self.names = names
        self.session_id: str | None = None
        self.nonce: str | None = None
        """Of the next message, from the last acknowledgement."""
        self.server = ""
        """The gateway's address: who signs what it sends."""
        self.events: asyncio.Queue[JsonValue] = asyncio.Queue()
        """Data of the `event` requests that came."""
        self._url = f"{url.rstrip('/')}/{service}/dcp5/socketio/?EIO=4&transport=websocket"
        self._http: aiohttp.ClientSession | None = None
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._reader: asyncio.Task[None] | None = None
        self._unframer = Unframer()
        self._turn = asyncio.Lock()
        self._acks: dict[str, asyncio.Future[str]] = {}
        self._answers: dict[str, asyncio.Future[Mapping[str, JsonValue]]] = {}
        self._background: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        await self.open_transport()
        await self.connect()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.drop()

    # Transport

    async def open_transport(self) -> None:
        """Open the websocket and do engine.io's and socket.io's greetings."""
        self._http = aiohttp.ClientSession()
        try:
            self._socket = await self._http.ws_connect(self._url, max_msg_size=0, autoping=True)
            assert (await self._socket.receive_str()).startswith("0{")
            await self._socket.send_str("40")
            assert (await self._socket.receive_str()).startswith("40")
        except (aiohttp.ClientError, TypeError) as err:
            await self._http.close()
            raise HungUpError(f"no transport: {err}") from err
        self._unframer = Unframer()
        self._reader = asyncio.create_task(self._read())
        await self.send_string(announcement())

    async def drop(self) -> None:
        """Lose the transport without a word."""
        for task in (self._reader, *self._background):
            if task is not None:
                task.cancel()
        if self._socket is not None:
            await self._socket.close()
        if self._http is not None:
            await self._http.close()

    async def wait_closed(self) -> None:
        """Wait until the gateway has closed the transport."""
        assert self._reader is not None
        await asyncio.wait({self._reader})

    async def send_string(self, string: str) -> None:
        """Send any string as a socket.io message."""
        assert self._socket is not None
        try:
            await self._socket.send_str(f"42{dumps(['message', string])}")
        except (ConnectionError, aiohttp.ClientError) as err:
            raise HungUpError(str(err)) from err

    async def _read(self) -> None:
        assert self._socket is not None
        try:
            async for frame in self._socket:
                if frame.type is not aiohttp.WSMsgType.TEXT:
                    break
                if frame.data == "2":
                    await self._socket.send_str("3")
                elif frame.data.startswith("42"):
                    await self._take_in(loads(frame.data[2:]))
                else:
                    break
        finally:
            self._fail(self._acks.values())
            self._fail(self._answers.values())

    @staticmethod
    def _fail(futures: Iterable[asyncio.Future[T]]) -> None:
        for waiting in futures:
            if not waiting.done():
                waiting.set_exception(HungUpError("the gateway hung up"))
                waiting.exception()  # it may be that nobody waits

    async def _take_in(self, packet: JsonValue) -> None:
        assert isinstance(packet, list)
        assert isinstance(packet[1], str)
        text = self._unframer.receive(packet[1])
        if text is None:
            return
        message = _object(loads(text))
        self.server = str(message["owner"]).lower()
        body = _object(message["body"])
        if body["type"] == "ack":
            waiting = self._acks.pop(str(body["token"]), None)
            if waiting is not None and not waiting.done():
                waiting.set_result(str(body["nonce"]))
            return
        await self.acknowledge(body)
        if body["type"] != "batch":
            self._take_part(body)
            return
        parts = body["payload"]
        assert isinstance(parts, list)
        for part in parts:
            self._take_part(_object(part))

    def _take_part(self, part: Mapping[str, JsonValue]) -> None:
        if part["type"] == "response":
            waiting = self._answers.pop(str(part["id"]), None)
            if waiting is not None and not waiting.done():
                waiting.set_result(part)
            return
        payload = _object(part["payload"])
        if payload["operation"] == "event":
            self.events.put_nowait(payload["data"])
        task = asyncio.create_task(self._answer(str(part["id"])))
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    # Messages

    async def acknowledge(self, body: Mapping[str, JsonValue]) -> None:
        """Acknowledge a message of the gateway's."""
        ack: dict[str, JsonValue] = {
            "type": "ack",
            "token": body["ackToken"],
            "nonce": self.names.next(),
        }
        if self.session_id is not None:
            ack["dcpsid"] = self.session_id
        ack["messageId"] = body["id"]
        await self.send_string(seal(dumps(ack), self.key))

    async def connect(self) -> None:
        """Open a DCP session."""
        sid = self.names.next()
        answer = await self.ask("connect", {"version": "5.3.0", "sid": sid})
        self.session_id = str(answer["dcpsid"])

    async def request(
        self, operation: str, data: JsonValue, account: SigningKey | None = None
    ) -> JsonValue:
        """Ask and give the payload of the answer.

        Raises:
            RefusedError: the gateway refused.
            HungUpError: the gateway hung up.
        """
        answer = await self.ask(operation, data, account)
        if answer["success"] is not True:
            refusal = _object(answer["payload"])
            raise RefusedError(str(refusal.get("code")), str(refusal.get("message")))
        return answer["payload"]

    async def ask(
        self, operation: str, data: JsonValue, account: SigningKey | None = None
    ) -> Mapping[str, JsonValue]:
        """Send a request and wait for its answer, which may be a refusal."""
        payload = self.payload(operation, data, account)
        auth: JsonValue = (
            {checksummed(account.address): account.sign(dumps(payload))} if account else {}
        )
        return await self.ask_message(
            {"id": self.names.next(), "type": "request", "payload": payload, "auth": auth}
        )

    async def ask_message(self, message: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
        """Send a request as it is and wait for its answer."""
        waiting: asyncio.Future[Mapping[str, JsonValue]]
        waiting = asyncio.get_running_loop().create_future()
        self._answers[str(message["id"])] = waiting
        await self.send_message(message)
        return await asyncio.wait_for(waiting, ANSWER_S)

    def payload(
        self, operation: str, data: JsonValue, account: SigningKey | None = None
    ) -> dict[str, JsonValue]:
        """Make a request's payload; `account` is one that may be spent from (dcp.md 4.4)."""
        allow: list[JsonValue] = []
        if account is not None:
            grant: dict[str, JsonValue] = {
                "resource": checksummed(account.address),
                "guardian": checksummed(self.server),
                "accessor": checksummed(self.key.address),
            }
            allow.append(grant)
        validity: JsonValue = {"stamp": self.names.next(), "ttl": 120, "time": _now_s()}
        return {"operation": operation, "data": data, "allow": allow, "validity": validity}

    async def send_message(self, message: Mapping[str, JsonValue]) -> None:
        """Send a message as the rules want it: in turn, with the session, a token and the nonce; wait for the ack."""
        async with self._turn:
            token = self.names.next()
            acknowledged: asyncio.Future[str] = asyncio.get_running_loop().create_future()
            self._acks[token] = acknowledged
            body: dict[str, JsonValue] = dict(message)
            if self.session_id is not None:
                body["dcpsid"] = self.session_id
            body |= {"time": _now_s(), "ackToken": token, "nonce": self.nonce}
            await self.send_string(seal(dumps(body), self.key))
            self.nonce = await asyncio.wait_for(acknowledged, ANSWER_S)

    async def _answer(self, request_id: str) -> None:
        response: dict[str, JsonValue] = {"id": request_id, "type": "response", "success": True}
        with contextlib.suppress(HungUpError):
            await self.send_message(response | {"payload": "success", "auth": {}})


def submission(job: str, account: SigningKey, **more: JsonValue) -> dict[str, JsonValue]:
    """Data of a `submit@5` for a small job; `more` adds and replaces members."""
    data: dict[str, JsonValue] = {
        "paymentAccount": checksummed(account.address),
        "workFunctionURI": "data:application/javascript,(x)%20=%3E%20%7B%20progress();%20return%20x;%20%7D",
        "job": job,
        "mvMultSlicePayment": 1,
        "absoluteSlicePayment": 0,
        "requirePath": [],
        "dependencies": [],
        "requirements": 64,
        "greedyEstimation": False,
        "workerConsole": False,
        "isOpen": False,
        "description": "a small job",
        "name": "small",
        "link": "",
        "worktime": {"name": "map-basic", "version": "^1.0.0", "custom": False},
        "marshaledArguments": {"_serializeVerId": "v9", "what": {"raw": []}},
    }
    return data | more


def public_group(job: str) -> JsonValue:
    """Data of an `addJobToGroups` for the public group."""
    return {"job": job, "cgArray": [_PUBLIC_GROUP]}


def _now_s() -> float:
    return time.time_ns() / 1e9


def _object(value: JsonValue) -> Mapping[str, JsonValue]:
    assert isinstance(value, dict)
    return value
