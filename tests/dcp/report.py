"""`python -m tests.dcp.report RESULTS`: writes the table of `docs/dcp.md` from `python -m tests.dcp --json`."""

import json
import sys
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "dcp.md"
START, END = "<!-- results -->\n", "<!-- /results -->"


def main() -> None:
    """Replace the table between the marks."""
    results = json.loads(Path(sys.argv[1]).read_text())
    lines = ["| feature | program | result |", "|---|---|---|"]
    for each in results:
        feature = str(each["feature"]).replace("|", "\\|")
        outcome = "works" if each["works"] else "**fails**"
        lines.append(f"| {feature} | `{each['program']}` | {outcome} |")
    page = PAGE.read_text()
    before, rest = page.split(START, 1)
    after = rest.split(END, 1)[1]
    PAGE.write_text(before + START + "\n".join(lines) + "\n" + END + after)


if __name__ == "__main__":
    main()
