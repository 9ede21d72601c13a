"""The page of a real daemon: started by the command, used over its address, ended by the command."""

import base64
import json
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.e2e.mesh import mesh

pytestmark = pytest.mark.e2e

SUM = """def spin(seed: Int) -> Int:
    var x = seed
    for i in range(2000000):
        x = (x * 1103515245 + 12345 + i) % 2147483648
    return x


def main():
    var total = 0
    for i in range(64):
        total += spin(i)
    print(total)
"""


def ask(url: str, path: str, body: object = None) -> bytes:
    parts = urlsplit(url)
    origin = f"http://{parts.netloc}"
    headers = {"X-Meshnode-Token": parse_qs(parts.query)["token"][0], "Origin": origin}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(origin + path, data, headers)
    with urllib.request.urlopen(request, timeout=120) as response:
        answer = response.read()
    assert isinstance(answer, bytes)
    return answer


def test_a_person_runs_a_program_on_the_page_of_a_daemon(tmp_path: Path) -> None:
    with mesh(tmp_path, 3) as nodes:
        url = str(nodes[0].cli_json("page")["url"])
        assert nodes[0].cli("page").stdout.decode().strip() == url

        asked = {"name": "sum.mojo", "source": SUM, "options": {"home": "never"}}
        assert json.loads(ask(url, "/api/compile", {"source": SUM}))["is_compiled"]
        job = json.loads(ask(url, "/api/jobs", asked))["job"]
        lines = ask(url, f"/api/jobs/{job}/events").splitlines()
        same = nodes[0].cli_json("job", job)

        nodes[0].cli("page", "--stop")
        with pytest.raises(urllib.error.URLError):
            ask(url, "/api/node")

    events = [json.loads(line) for line in lines]
    output = b"".join(base64.b64decode(e["data"]) for e in events if e["event"] == "stdout")
    assert output == b"69507258336\n"
    assert (events[-1]["event"], events[-1]["state"]) == ("ended", "done")
    assert same["summary"] == events[-1]["summary"]
    assert len(events[-1]["summary"]["loop_runs"][0]["workers"]) >= 2
