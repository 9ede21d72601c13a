"""Runs every golden program in every form and place, and writes the table of results: `python -m tests.golden.table`.

Each program is compiled once. The results go to `build/golden/results.json`; the table, `tests/golden/README.md`, is
made of that file alone. `--only TEXT` runs the programs with that text in their name, and writes nothing; `--missing`
runs those that the results lack, and adds them.
"""

import argparse
import json
import os
import shutil
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import groupby

from tests.compiler.front_end import prelude
from tests.compiler.host import run_home
from tests.golden.catalogue import ARGUMENTS, GOLDEN, ROOT, Golden, golden_programs
from tests.golden.javascript import (
    FormOutcome,
    forms_of,
    metered,
    run_in_chromium,
    run_in_node,
    write_forms,
)

from meshnode.compiler import ir
from meshnode.compiler.llvm.units import home_module
from meshnode.compiler.loops.split import split_loops
from meshnode.compiler.pipeline import check

BUILD = ROOT / "build" / "golden"
RESULTS = BUILD / "results.json"
TABLE = GOLDEN / "README.md"
PLACES = ("wasmtime", "Node, loader", "Node, plain", "Chromium, loader", "Chromium, plain")
EXCEPTIONS: Mapping[tuple[str, str], str] = {}
"""Why a program may differ in a place, by program and place."""

Result = dict[str, str]
"""What a program did, by place: `equal`, or how it differs; and `shows` and `operations`."""


def main() -> None:
    """Run, and write the results and the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="run the programs with this text in their name")
    parser.add_argument("--missing", action="store_true", help="run what the last results lack")
    asked = parser.parse_args()
    programs = golden_programs()
    present = _results() if asked.missing else {}
    chosen = [g for g in programs if asked.only in g.name and g.name not in present]
    start = time.monotonic()
    results = run(chosen)
    sys.stderr.write(f"{len(chosen)} programs in {time.monotonic() - start:.0f} s\n")
    for name, result in results.items():
        for place in PLACES:
            if result.get(place) != "equal":
                sys.stdout.write(f"{name}: {place}: {result.get(place, 'not run')}\n")
    if not asked.only:
        every = present | results
        ordered = {golden.name: every[golden.name] for golden in programs}
        RESULTS.write_text(json.dumps(ordered, indent=1) + "\n")
        TABLE.write_text(table(_results()))


def _results() -> dict[str, Result]:
    """Read the last run's results."""
    content: dict[str, Result] = json.loads(RESULTS.read_text())
    return content


def run(chosen: Sequence[Golden]) -> dict[str, Result]:
    """Run programs everywhere."""
    results: dict[str, Result] = {}
    counts: dict[str, int | None] = {}
    texts: dict[str, str] = {}
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for golden, (outcome, forms) in zip(chosen, pool.map(_compile, chosen), strict=True):
            results[golden.name] = {
                "shows": shown_by(golden.source),
                "wasmtime": _judged(golden, outcome),
            }
            counts[golden.name] = outcome.operations
            texts |= {f"{golden.name} {form}": text for form, text in forms.items()}
    request = write_forms(texts, BUILD / "programs")
    chromium = shutil.which("chromium")
    runs = {"Node": run_in_node(request) if shutil.which("node") else {}}
    runs["Chromium"] = run_in_chromium(request, chromium) if chromium else {}
    for golden in chosen:
        result = results[golden.name]
        agreed = []
        for where, outcomes in runs.items():
            for form in ("loader", "plain"):
                found = outcomes.get(f"{golden.name} {form}")
                if found is not None:
                    result[f"{where}, {form}"] = _judged(golden, found)
                    if form == "loader":
                        agreed.append(found.operations == counts[golden.name])
        result["operations"] = str(counts[golden.name]) if all(agreed) else "differ"
    return results


def compiled(golden: Golden) -> tuple[ir.Module, bytes, str]:
    """Compile one program: its IR, its home module, and its file's name."""
    file = golden.name.rsplit("/", 1)[-1] + ".mojo"
    module = check(golden.source, file, prelude())
    home = home_module(split_loops(module).home, prelude().units)
    return module, home, file


def _compile(golden: Golden) -> tuple[FormOutcome, dict[str, str]]:
    """Compile one program, and run it here."""
    module, home, file = compiled(golden)
    done = run_home(metered(home), ARGUMENTS)
    outcome = FormOutcome(done.stdout, done.stderr, done.exit_code, done.trap, done.operations)
    return outcome, forms_of(module, home, file)


def _judged(golden: Golden, outcome: FormOutcome) -> str:
    if outcome.trap is not None:
        return f"trap: {outcome.trap}"
    if outcome.stdout != golden.stdout:
        return "other output"
    return "equal" if outcome.exit_code == golden.exit_code else f"exit code {outcome.exit_code}"


def shown_by(source: str) -> str:
    """Give what a program says that it shows: its first comment or docstring, up to the first full stop."""
    lines = source.splitlines()
    text = []
    for line in lines:
        stripped = line.strip()
        if stripped.startswith("#"):
            text.append(stripped.lstrip("# "))
        elif stripped.startswith('"""') and not text:
            text.append(stripped.strip('"'))
            break
        elif stripped or text:
            break
    sentence = " ".join(text).split(". ")[0].rstrip(".")
    return sentence.replace("|", "\\|")


def table(results: Mapping[str, Result]) -> str:
    """Make the page of the results."""
    total = len(results)
    lines = [
        "# The golden programs",
        "",
        "Made by `make golden`; do not edit. `=` says that a program prints, and ends with, what the real compiler's",
        "build of it does; else a cell says how it differs. The operations are those that the sandbox's meter counts,",
        "the same in wasmtime, Node and Chromium.",
        "",
        "| place | equal |",
        "|---|---|",
    ]
    for place in PLACES:
        equal = sum(result.get(place) == "equal" for result in results.values())
        lines.append(f"| {place} | {equal} of {total} |")
    same = sum(result["operations"] != "differ" for result in results.values())
    lines.append(f"| operations the same everywhere | {same} of {total} |")
    for area, group in groupby(results, key=lambda name: name.split("/")[0]):
        lines += ["", f"## {area}", "", f"| program | shows | {' | '.join(PLACES)} | operations |"]
        lines.append("|---|---|" + "---|" * (len(PLACES) + 1))
        for name in group:
            result = results[name]
            program = name.split("/", 1)[-1]
            shows = result["shows"] or program.replace("_", " ")
            cells = [_cell(name, place, result) for place in PLACES]
            link = f"[{program}]({name}.mojo)"
            lines.append(f"| {link} | {shows} | {' | '.join(cells)} | {result['operations']} |")
    return "\n".join(lines) + "\n"


def _cell(name: str, place: str, result: Result) -> str:
    found = result.get(place, "not run")
    if found == "equal":
        return "="
    reason = EXCEPTIONS.get((name, place))
    return f"{found} ({reason})" if reason else found


if __name__ == "__main__":
    main()
