"""DCP's own workers at the gateway: they complete jobs, and are paid for nothing but what was matched."""

import json
import subprocess
from pathlib import Path
from urllib.parse import unquote

import pytest
from tests.dcp.clients import Clients, make_home
from tests.dcp.gateway_mesh import GatewayMesh
from tests.dcp.raw_client import Names, RawSession, public_group, submission
from tests.dcp.stock_worker import as_person, give_to_person, is_possible, stock_worker

from meshnode.node.control_client import JsonObject
from meshnode.node.dcp import kvin
from meshnode.node.dcp.data_uri import read_data_uri
from meshnode.node.dcp.ethereum import SigningKey
from meshnode.node.dcp.port import JsonValue  # noqa: TC001  cheap, and clearer

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(not is_possible(), reason="setpriv is missing (Debian: util-linux)"),
]

JOB_S = 180.0
SLICES = 40
HALF = 0.5


@pytest.fixture
def home(tmp_path: Path, clients: Clients) -> Path:
    folder = tmp_path / "home"
    make_home(clients, folder)
    return folder


def run_job(clients: Clients, home: Path, gateway: GatewayMesh, kind: str) -> JsonObject:
    command = ["node", str(clients.scripts / "worker_job.js"), str(SLICES), kind]
    done = subprocess.run(
        as_person(command) if kind == "local" else command,
        env=clients.node_environment(home, gateway.url),
        cwd=home,
        capture_output=True,
        text=True,
        timeout=JOB_S,
        check=False,
    )
    answer = json.loads(done.stdout.splitlines()[-1])
    assert isinstance(answer, dict)
    assert "error" not in answer, answer
    return answer


def earned(gateway: GatewayMesh, address: str) -> int:
    """What an address has at the gateway's node, in micro-credits."""
    balances = gateway.requester.cli_json("ledger")["balances"]
    assert isinstance(balances, list)
    account = f"dcp:{address[2:].lower()}"
    return sum(int(each["balance"]) for each in balances if each["account"] == account)


def is_sound(gateway: GatewayMesh) -> bool:
    return bool(gateway.requester.cli_json("audit")["is_sound"])


def test_a_stock_worker_is_credited_for_slices_that_were_matched(
    gateway: GatewayMesh, clients: Clients, home: Path, tmp_path: Path
) -> None:
    own = tmp_path / "worker"
    address = make_home(clients, own)["default"]
    give_to_person(own)

    with stock_worker(clients, own, gateway.url, address) as log:
        answer = run_job(clients, home, gateway, "plain")

    assert answer["isRight"] is True
    assert "Slice Completed" in log.read_text(errors="replace")
    assert earned(gateway, address) > 0
    assert is_sound(gateway)


def test_a_stock_worker_is_not_paid_for_results_that_differ(
    gateway: GatewayMesh, clients: Clients, home: Path, tmp_path: Path
) -> None:
    own = tmp_path / "worker"
    address = make_home(clients, own)["default"]
    give_to_person(own)

    with stock_worker(clients, own, gateway.url, address) as log:
        answer = run_job(clients, home, gateway, "random")

    assert answer["count"] == SLICES
    assert "Slice Completed" in log.read_text(errors="replace")
    assert earned(gateway, address) == 0
    assert is_sound(gateway)


def test_local_exec_completes_at_its_own_client_and_pays_nobody(
    gateway: GatewayMesh, clients: Clients, home: Path
) -> None:
    before = gateway.requester.cli_json("ledger")["balance"]
    give_to_person(home)

    answer = run_job(clients, home, gateway, "local")

    assert answer["isRight"] is True
    assert gateway.requester.cli_json("ledger")["balance"] == before


async def test_a_lying_worker_is_never_paid_and_an_honest_one_once(gateway: GatewayMesh) -> None:
    client, account = SigningKey.generate(), SigningKey.generate()
    liar, honest = Raw("liar", gateway.url), Raw("honest", gateway.url)
    job = "lyingworker1"
    await liar.tasks()  # so that the gateway knows of workers that will ask
    await honest.tasks()
    data = submission(
        job,
        account,
        workFunctionURI="data:,(x)=>{progress();return%20x%20*%202}",
        dataRange={"start": 1, "end": SLICES},
    )
    async with RawSession(gateway.url, "jobSubmit", client, Names("wjs")) as session:
        await session.request("submit@5", data, account)
    async with RawSession(gateway.url, "computeGroups", client, Names("wgr")) as session:
        await session.request("addJobToGroups", public_group(job))

    lies, truths = await liar.tasks(), await honest.tasks()
    assert lies
    assert truths
    for number in lies:
        await liar.give(job, number, 7 * number + 1)
    for number in truths:
        await honest.give(job, number, 2 * number)
    twice = [await honest.give(job, number, 2 * number) for number in truths]
    stolen = [await liar.give(job, number, 2 * number) for number in truths]
    values = await results(gateway.url, client, job)

    assert values == {number: 2 * number for number in range(1, SLICES + 1)}
    assert twice == stolen == [False] * len(truths)
    assert earned(gateway, liar.key.address) == 0
    assert earned(gateway, honest.key.address) > 0
    assert is_sound(gateway)


class Raw:
    """A worker that says what a test wants."""

    def __init__(self, name: str, url: str) -> None:
        self.key = SigningKey.generate()
        self._name = name
        self._url = url
        self._names = Names(name[:3])

    async def tasks(self) -> list[int]:
        """Ask for work; return the numbers of the slices."""
        asked: JsonValue = {
            "targetLoad": {"cpu": 1},
            "coreStats": {"worker": self._name},
            "paymentAddress": self.key.address,
            "jobIds": [],
            "fetchState": 1,
        }
        async with self._session("taskDistributor") as session:
            answer = await session.request("requestTask@3", asked)
        assert isinstance(answer, dict)
        body = answer["body"]
        assert isinstance(body, dict)
        tasks = body.get("task", {})
        assert isinstance(tasks, dict)
        return [
            int(str(each["sliceNumber"]))
            for slices in tasks.values()
            if isinstance(slices, list)
            for each in slices
            if isinstance(each, dict)
        ]

    async def give(self, job: str, number: int, value: int) -> bool:
        """Return a value; false if the gateway refuses it."""
        text = json.dumps({"_serializeVerId": "v9", "what": value}, separators=(",", ":"))
        marshalled: JsonValue = {
            "_serializeVerId": "v9",
            "what": {"raw": {"string": text, "method": "kvin", "MIMEType": "application/x-kvin"}},
        }
        data: JsonValue = {
            "slice": number,
            "job": job,
            "worker": self._name,
            "paymentAddress": self.key.address,
            "resultV2": marshalled,
        }
        async with self._session("resultSubmitter") as session:
            return (await session.ask("result", data))["success"] is True

    def _session(self, service: str) -> RawSession:
        return RawSession(self._url, service, self.key, self._names)


async def results(url: str, client: SigningKey, job: str) -> dict[int, int]:
    """Wait for a job's end and fetch its values."""
    async with RawSession(url, "eventRouter", client, Names("wev")) as events:
        wanted: JsonValue = {"reliableEvents": ["stop"], "options": {"filter": {"job": job}}}
        await events.request("subscribeMany", wanted)
        await events.events.get()
    async with RawSession(url, "resultSubmitter", client, Names("wfr")) as session:
        fetched = await session.request("fetchResult", {"job": job})
    assert isinstance(fetched, list)
    values: dict[int, int] = {}
    for each in fetched:
        assert isinstance(each, dict)
        value = kvin.decode(read_data_uri(unquote(str(each["value"]))).text)
        assert isinstance(value, int)
        values[int(str(each["slice"]))] = value
    return values
