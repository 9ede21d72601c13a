"""Answers of the control API as text for a person; pure functions of the JSON that `--json` prints."""

from collections.abc import Iterable, Sequence

from meshnode.node.control_client import JsonObject

CREDIT = 1_000_000
"""Micro-credits in a credit."""


def render_status(answer: JsonObject) -> str:
    """Show `meshnode status`."""
    addresses = _texts(answer["addresses"]) or ["none yet"]
    lines = [
        f"node       {answer['peer_id']}",
        f"identity   {answer['identity']}",
        *[f"address    {address}" for address in addresses],
        f"peers      {answer['peers']}",
        f"network    {'up' if answer['is_network_up'] else 'down, being restarted'}",
        f"works      {'yes' if answer['may_work'] else 'no'}: {answer['reason']}",
        f"cores      {answer['cores']} lent at most, {answer['slices_running']} slices running",
        f"jobs       {answer['jobs_unfinished']} unfinished",
        f"balance    {credits_text(answer['balance'])}",
    ]
    return "\n".join(lines)


def render_jobs(answer: JsonObject) -> str:
    """Show `meshnode jobs`."""
    rows = [
        [
            str(job["job"]),
            str(job["state"]),
            _code(job),
            str(job["path"]),
            " ".join(_texts(job["arguments"])),
        ]
        for job in _objects(answer["jobs"])
    ]
    return table(["job", "state", "exit", "program", "arguments"], rows) if rows else "no jobs yet"


def render_job(answer: JsonObject) -> str:
    """Show `meshnode job`."""
    lines = [
        f"job        {answer['job']}",
        f"program    {answer['path']} {' '.join(_texts(answer['arguments']))}".rstrip(),
        f"state      {answer['state']}{' ' + str(answer['message']) if answer['message'] else ''}",
    ]
    if answer["exit_code"] is not None:
        lines.append(f"exit code  {answer['exit_code']}")
    summary = answer["summary"]
    assert isinstance(summary, dict)
    for run in _objects(summary.get("loop_runs", [])):
        lines.append("")
        lines.append(render_loop_run(run))
    return "\n".join(lines)


def render_loop_run(run: JsonObject) -> str:
    """Show who computed what of one loop run."""
    head = (
        f"loop at line {run['line']}: {run['iterations']} iterations in {run['chunks']} chunks, "
        f"{run['executions_per_chunk']} executions a chunk, {run['home_checks']} checked at home, "
        f"cost {credits_text(run['cost'])}"
    )
    rows = [
        [
            str(w["who"]),
            str(w["chunks"]),
            f"{_number(w['operations']) / 1e9:.3f}",
            credits_text(w["paid"]),
            str(w["verdict"]),
        ]
        for w in _objects(run["workers"])
    ]
    return head + "\n" + table(["computed by", "chunks", "10⁹ operations", "paid", "verdict"], rows)


def render_peers(answer: JsonObject) -> str:
    """Show `meshnode peers`."""
    rows = [
        [
            str(p["peer_id"]),
            str(p["identity"])[:16],
            str(p["cores"]),
            f"{_number(p['operations_per_s']) / 1e9:.2f}",
            str(p["standing"]),
        ]
        for p in _objects(answer["peers"])
    ]
    return (
        table(["peer", "identity", "cores", "Gop/s", "standing"], rows)
        if rows
        else "no peers are connected"
    )


def render_ledger(answer: JsonObject) -> str:
    """Show `meshnode ledger`."""
    balances = [
        [str(b["account"]), credits_text(b["balance"], str(b["unit"]))]
        for b in _objects(answer["balances"])
    ]
    entries = [
        [
            str(e["seq"]),
            str(e["time"]),
            str(e["kind"]),
            str(e["account"]),
            credits_text(e["amount"], str(e["unit"])),
        ]
        for e in _objects(answer["entries"])
    ]
    return "\n\n".join(
        [
            f"balance {credits_text(answer['balance'])}, held {credits_text(answer['held'])}",
            table(["account", "balance"], balances),
            table(["entry", "time", "kind", "account", "amount"], entries),
        ]
    )


def render_audit(answer: JsonObject) -> str:
    """Show `meshnode audit`."""
    findings = _texts(answer["findings"])
    if not findings:
        return (
            f"sound: {answer['ledgers']} ledger(s), {answer['entries']} entries, "
            f"{answer['receipts']} receipts ({answer['receipts_cross_checked']} checked on both sides)"
        )
    return "\n".join(["NOT SOUND", *[f"  {finding}" for finding in findings]])


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Lay out a table with columns as wide as needed."""
    all_rows = [list(head), *[list(row) for row in rows]]
    widths = [max(len(row[i]) for row in all_rows) for i in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in all_rows
    )


def credits_text(value: object, unit: str = "cr") -> str:
    """Write micro-credits as credits, exactly; micro-DCC likewise."""
    micro = int(_number(value))
    sign = "-" if micro < 0 else ""
    return f"{sign}{abs(micro) // CREDIT}.{abs(micro) % CREDIT:06d} {unit}"


def _code(job: JsonObject) -> str:
    return "" if job["exit_code"] is None else str(job["exit_code"])


def _texts(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


def _objects(value: object) -> list[JsonObject]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _number(value: object) -> int:
    return int(value) if isinstance(value, int | float | str) else 0
