"""Running the JavaScript forms of many programs: in one Node process, or in one page of Chromium."""

import json
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import copyfile

from tests.golden.catalogue import ARGUMENTS

from meshnode.compiler import ir
from meshnode.compiler.javascript.loader import loader_text
from meshnode.compiler.javascript.plain import plain_text
from meshnode.sandbox.prepare import prepare_module
from meshnode.sandbox.profile import home_profile

RUNNER = Path(__file__).parent / "run_javascript.js"
MEMORY_BYTES = 64 << 20
RUN_SECONDS_MAX = 1200

_PAGE = """<!doctype html><meta charset="utf-8"><title>meshnode</title>
<script src="run_javascript.js"></script>
<script>
(async () => {
  const { args, memoryBytes, files } = await (await fetch("request.json")).json();
  for (const [name, file] of Object.entries(files)) {
    const outcome = runForm(await (await fetch(file)).text(), args, memoryBytes);
    await fetch("outcome", { method: "POST", body: JSON.stringify({ name, ...outcome }) });
  }
  await fetch("done", { method: "POST", body: "" });
})();
</script>
"""


@dataclass(frozen=True)
class FormOutcome:
    """What a program did in one form."""

    stdout: bytes
    stderr: bytes
    exit_code: int
    """-1 if it trapped."""
    trap: str | None
    operations: int | None
    """Counted operations, of a metered loader."""


def metered(home: bytes) -> bytes:
    """Prepare a home module as the sandbox does."""
    return prepare_module(home, home_profile(MEMORY_BYTES), "home")


def forms_of(module: ir.Module, home: bytes, file: str) -> dict[str, str]:
    """Give both JavaScript forms; the loader holds the metered module."""
    return {"loader": loader_text(metered(home), file), "plain": plain_text(module, file)}


def write_forms(
    texts: Mapping[str, str], folder: Path, arguments: Sequence[str] = ARGUMENTS
) -> Path:
    """Write texts and the runner's request into a folder; gives the request's file."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {}
    for name, text in texts.items():
        files[name] = name.replace("/", "__").replace(" ", "--") + ".js"
        (folder / files[name]).write_text(text, encoding="utf-8")
    request = folder / "request.json"
    content = {"args": arguments, "memoryBytes": MEMORY_BYTES, "files": files}
    request.write_text(json.dumps(content))
    return request


def run_in_node(request: Path) -> dict[str, FormOutcome]:
    """Run what `write_forms` wrote in one Node process."""
    command = ["node", str(RUNNER), str(request)]
    done = subprocess.run(command, capture_output=True, check=False, timeout=RUN_SECONDS_MAX)
    assert done.returncode == 0, done.stderr.decode()
    return _outcomes([json.loads(line) for line in done.stdout.splitlines()])


def run_in_chromium(request: Path, chromium: str) -> dict[str, FormOutcome]:
    """Run what `write_forms` wrote in one page of a headless Chromium."""
    folder = request.parent
    copyfile(RUNNER, folder / RUNNER.name)
    (folder / "page.html").write_text(_PAGE)
    with _serving(folder) as (port, lines, is_done), tempfile.TemporaryDirectory() as profile:
        command = [chromium, "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run"]
        command += ["--disable-dev-shm-usage", f"--user-data-dir={profile}"]
        address = f"http://127.0.0.1:{port}/page.html"
        browser = subprocess.Popen(
            [*command, "--remote-debugging-port=0", address],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            assert is_done.wait(RUN_SECONDS_MAX), f"Chromium came to {len(lines)} programs"
        finally:
            browser.terminate()
            browser.wait(30)
    return _outcomes(lines)


Line = dict[str, str | int | None]


@contextmanager
def _serving(folder: Path) -> Iterator[tuple[int, list[Line], threading.Event]]:
    """Serve a folder on loopback, and collect what the page sends."""
    lines: list[Line] = []
    is_done = threading.Event()

    class Handler(SimpleHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path == "/done":
                is_done.set()
            else:
                lines.append(json.loads(body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_address[1], lines, is_done
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _outcomes(lines: list[Line]) -> dict[str, FormOutcome]:
    found = {}
    for line in lines:
        operations, trap = line["operations"], line["trap"]
        found[str(line["name"])] = FormOutcome(
            stdout=str(line["stdout"]).encode("latin-1"),
            stderr=str(line["stderr"]).encode("latin-1"),
            exit_code=int(line["code"] or 0),
            trap=None if trap is None else str(trap),
            operations=None if operations is None else int(operations),
        )
    return found
