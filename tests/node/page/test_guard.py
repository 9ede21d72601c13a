"""Who is let in: only the tab that was opened with the printed address. Over real sockets."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.node.page.served_page import ServedPage, page_alone

from meshnode.node.errors import ConfigError, NodeError
from meshnode.node.job_store import JobRow
from meshnode.node.page.files import TYPES, read_files
from meshnode.node.page.guard import Guard
from meshnode.node.page.limits import BODY_BYTES_MAX, SOURCE_BYTES_MAX, STREAMS_MAX

HELLO = {"source": 'def main():\n    print("hello")\n'}
FILES = sorted(TYPES)


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[ServedPage]:
    async with page_alone(tmp_path) as served:
        yield served


async def files_cookie(page: ServedPage) -> str:
    """Load the page as a browser does, and return what it sends as Cookie from then on."""
    response, _ = await page.tab.get(page.tab.url, headers={})
    assert response.status == 200
    return "; ".join(f"{name}={morsel.value}" for name, morsel in response.cookies.items())


# The right tab


async def test_the_printed_address_opens_the_page_and_its_files(page: ServedPage) -> None:
    _, index = await page.tab.get(page.tab.url, headers={"Sec-Fetch-Site": "none"})
    cookie = await files_cookie(page)

    assert "<title>meshnode</title>" in index
    for name in FILES:
        response, text = await page.tab.get(f"/{name}", headers={"Cookie": cookie})
        assert response.status == 200
        assert response.content_type == TYPES[name]
        assert text == read_files().contents[name]


async def test_the_page_can_be_loaded_again_without_the_token_in_the_address(
    page: ServedPage,
) -> None:
    response, _ = await page.tab.get("/", headers={"Cookie": await files_cookie(page)})

    assert response.status == 200


async def test_the_cookie_is_kept_from_scripts_and_from_other_sites(page: ServedPage) -> None:
    response, _ = await page.tab.get(page.tab.url, headers={})

    (morsel,) = response.cookies.values()
    assert morsel["httponly"]
    assert morsel["samesite"] == "Strict"
    assert page.tab.token not in morsel.value


async def test_localhost_is_another_name_of_loopback(page: ServedPage) -> None:
    host = page.tab.origin.removeprefix("http://").replace("127.0.0.1", "localhost")

    headers = page.tab.headers(Host=host, Origin=f"http://{host}")
    response, _ = await page.tab.get("/api/examples", headers=headers)

    assert response.status == 200


# Strangers


@pytest.mark.parametrize("token", [None, "", "x" * 43, "é"])
async def test_a_wrong_token_opens_nothing(page: ServedPage, token: str | None) -> None:
    headers = page.tab.headers(X_Meshnode_Token=token)

    for path in ("/api/examples", "/api/node", "/api/jobs/0123456789abcdef/events", "/nothing"):
        response, _ = await page.tab.get(path, headers=headers)
        assert response.status == 403
    for path in ("/api/compile", "/api/explain", "/api/jobs", "/api/jobs/0123456789abcdef/cancel"):
        status, _ = await page.tab.post(path, HELLO, headers=headers)
        assert status == 403


async def test_without_cookie_or_token_there_are_no_files(page: ServedPage) -> None:
    for path in ("/", "/?token=guess", *(f"/{name}" for name in FILES)):
        response, _ = await page.tab.get(path, headers={})
        assert response.status == 403


async def test_the_files_cookie_does_not_open_the_api(page: ServedPage) -> None:
    """Browsers send it to other ports of the host too: whoever listens there gets nothing by it."""
    cookie = await files_cookie(page)
    value = cookie.partition("=")[2]

    for token in (None, value):
        headers = page.tab.headers(X_Meshnode_Token=token, Cookie=cookie)
        status, _ = await page.tab.post("/api/jobs", HELLO, headers=headers)
        assert status == 403


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "localhost", "127.0.0.1.evil.example"]
)
async def test_another_host_name_is_refused(page: ServedPage, host: str) -> None:
    """A foreign name that resolves to loopback would make the browser take us for that site."""
    for path in (f"/?token={page.tab.token}", "/api/examples"):
        response, _ = await page.tab.get(path, headers=page.tab.headers(Host=host))
        assert response.status == 403
    headers = page.tab.headers(Host=host, Origin=f"http://{host}")
    status, _ = await page.tab.post("/api/jobs", HELLO, headers=headers)
    assert status == 403


@pytest.mark.parametrize("origin", ["http://evil.example", "http://127.0.0.1:1", "null", ""])
async def test_another_origin_is_refused(page: ServedPage, origin: str) -> None:
    status, _ = await page.tab.post("/api/jobs", HELLO, headers=page.tab.headers(Origin=origin))
    response, _ = await page.tab.get("/api/examples", headers=page.tab.headers(Origin=origin))

    assert (status, response.status) == (403, 403)


async def test_a_post_must_say_where_it_comes_from(page: ServedPage) -> None:
    status, _ = await page.tab.post("/api/compile", HELLO, headers=page.tab.headers(Origin=None))

    assert status == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_another_site_cannot_use_the_browser_against_us(page: ServedPage, site: str) -> None:
    """Another port of this host is the same site, but not the same origin."""
    headers = {"Cookie": await files_cookie(page), "Sec-Fetch-Site": site}

    for path in ("/", "/page.js", "/api/examples"):
        response, _ = await page.tab.get(path, headers=page.tab.headers(**headers))
        assert response.status == 403


# Every answer


async def test_every_answer_forbids_foreign_and_inline_script(page: ServedPage) -> None:
    for path in (page.tab.url, "/api/examples", "/nothing", "/?token=guess"):
        response, _ = await page.tab.get(path)
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert response.headers["Cache-Control"] == "no-store"


def test_the_files_hold_nothing_inline_and_nothing_from_elsewhere() -> None:
    contents = read_files().contents

    index = contents["index.html"]
    assert re.findall(r"<script(?! type=\"module\" src=\"page\.js\">)", index) == []
    assert re.findall(r"\s(?:style|on\w+)=", index) == []
    for name, text in contents.items():
        addresses = re.findall(r"(?:https?:)?//[\w.-]+\.\w+[^\s\"']*", text)
        assert addresses == (["http://www.w3.org/2000/svg"] if name == "icon.svg" else [])


async def test_a_secret_is_not_shown(page: ServedPage) -> None:
    assert page.tab.token not in repr(Guard(frozenset(), 1)) + repr(page.server)


# Sizes


async def test_an_oversized_source_is_refused(page: ServedPage) -> None:
    source = "#" * (SOURCE_BYTES_MAX + 1)

    for path in ("/api/compile", "/api/explain", "/api/jobs"):
        status, answer = await page.tab.post(path, {"source": source})
        assert status == 413
        assert "meshnode run" in str(answer["error"])


async def test_an_oversized_body_is_refused_before_it_is_decoded(page: ServedPage) -> None:
    status, _ = await page.tab.post("/api/compile", b" " * (BODY_BYTES_MAX + 1))

    assert status == 413


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"source": 1}',
        b'{"source": "", "more": 1}',
        b'{"source": "\xff"}',
        b'{"source": "\\ud800"}',
    ],
)
async def test_a_strange_body_is_refused_with_the_reason(page: ServedPage, body: bytes) -> None:
    status, answer = await page.tab.post("/api/compile", body)

    assert status == 400
    assert "not understood" in str(answer["error"])


@pytest.mark.parametrize("name", ["", "../x.mojo", "a/b.mojo", "x\n.mojo", ".x", "x" * 101])
async def test_a_strange_name_is_refused(page: ServedPage, name: str) -> None:
    status, _ = await page.tab.post("/api/jobs", HELLO | {"name": name})

    assert status == 409


@pytest.mark.parametrize("quorum", [0, 9, -1])
async def test_a_strange_quorum_is_refused(page: ServedPage, quorum: int) -> None:
    status, _ = await page.tab.post("/api/jobs", HELLO | {"options": {"quorum": quorum}})

    assert status == 409


@pytest.mark.parametrize("offset", ["-1", "x", "²", "1e3"])
async def test_a_strange_offset_is_refused(page: ServedPage, offset: str) -> None:
    response, _ = await page.tab.get(f"/api/jobs/0123456789abcdef/events?stdout={offset}")

    assert response.status == 409


async def test_streams_are_bounded_and_end_with_the_page(page: ServedPage) -> None:
    job = "0123456789abcdef"
    await page.thread.call(lambda: page.store.add_job(endless(job)))

    streams = [page.tab.stream(job) for _ in range(STREAMS_MAX)]
    opened = [await stream.__aenter__() for stream in streams]
    response, text = await page.tab.get(f"/api/jobs/{job}/events")
    await page.server.stop()

    assert [stream.status for stream in opened] == [200] * STREAMS_MAX
    assert response.status == 429
    assert "close a tab" in text
    for stream in opened:
        stream.close()


def endless(job: str) -> JobRow:
    """A job that no process runs, so that it never ends."""
    return JobRow(
        job=job,
        path="x.mojo",
        source="",
        arguments="[]",
        options="{}",
        state="running",
        exit_code=None,
        message="",
        created_ms=0,
        ended_ms=None,
        summary="{}",
    )


# Where it is served


async def test_a_new_page_has_a_new_secret(page: ServedPage) -> None:
    first = page.server.url
    await page.server.stop()

    second = await page.server.start()

    assert first is not None
    assert first.partition("token=")[2] != second.partition("token=")[2]


async def test_a_page_that_is_served_stays_where_it_is(page: ServedPage) -> None:
    assert await page.server.start("localhost") == page.tab.url
    with pytest.raises(NodeError, match=r"already.*--stop"):
        await page.server.start("127.0.0.2")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "evil.example", "", "192.0.2.1"])
async def test_the_page_is_served_at_one_address_of_this_machine(
    page: ServedPage, host: str
) -> None:
    await page.server.stop()

    with pytest.raises(ConfigError, match="listen"):
        await page.server.start(host)
    assert page.server.url is None


async def test_a_port_in_use_is_told(page: ServedPage, tmp_path: Path) -> None:
    port = int(page.tab.origin.rpartition(":")[2])

    async with page_alone(tmp_path / "other") as other:
        await other.server.stop()
        with pytest.raises(ConfigError, match="choose another"):
            await other.server.start(port=port)
