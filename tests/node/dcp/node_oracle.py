"""One Node process that answers JSON lines: what V8 and npm's packages make of a value."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from meshnode.node.dcp.port import JsonValue

MODULES_VARIABLE = "MESHNODE_DCP_NODE_MODULES"
"""Names the folder `node_modules` with npm's kvin 9.0.0."""

_LOOP = """
const answer = (function () { %s })();
let rest = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', (chunk) => {
  const lines = (rest + chunk).split('\\n');
  rest = lines.pop();
  for (const line of lines) process.stdout.write(JSON.stringify(answer(JSON.parse(line))) + '\\n');
});
"""


class NodeOracle:
    """Asks a function of JavaScript's, one question after the other."""

    def __init__(self, body: str) -> None:
        """Start Node; `body` is JavaScript that returns the function."""
        node = shutil.which("node")
        if node is None:
            pytest.skip("node is not installed")
        self._process = subprocess.Popen(
            [node, "--stack-size=4000", "-e", _LOOP % body],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def ask(self, question: JsonValue) -> JsonValue:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps(question).encode() + b"\n")
        stdin.flush()
        line = stdout.readline()
        assert line, "node died; its standard error says why"
        answer: JsonValue = json.loads(line)
        return answer

    def close(self) -> None:
        """End Node."""
        self._process.communicate(timeout=10)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def kvin_oracle(body: str) -> Iterator[NodeOracle]:
    """Start Node with npm's `kvin` at hand, or skip."""
    folder = os.environ.get(MODULES_VARIABLE)
    if folder is None or not (Path(folder) / "kvin").exists():
        pytest.skip(f"{MODULES_VARIABLE} names no node_modules with kvin")
    path = json.dumps(str(Path(folder) / "kvin" / "kvin.js"))
    with closing(NodeOracle(f"const kvin = require({path});\n{body}")) as oracle:
        yield oracle
