// What the daemon said of a program, as elements: findings, explained lines, the bill. Asks nobody.

import { credits } from "./grid.js";

/** Make an element with a class and text or children. */
export function element(tag, className, ...content) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...content);
  return made;
}

/** Tell what each line is, by line number: `mesh`, `replay` (home uses what the peers computed), `both`, or `home`.
 * What a loop is, its body is, unless the report says more of a line; inner loops come later and are put on top. */
export function lineKinds(source, loops) {
  const kinds = new Map();
  const texts = source.split("\n");
  for (const loop of [...loops].sort((a, b) => a.span.line - b.span.line)) {
    const isMesh = loop.verdict === "distributed" || loop.verdict === "inside a distributed loop";
    const stop = bodyStop(texts, loop.span.line);
    for (let line = loop.span.line; line < stop; line += 1) kinds.set(line, isMesh ? "mesh" : "home");
    const recorded = linesOf(loop.recorded);
    for (const line of recorded) kinds.set(line, "mesh");
    for (const line of linesOf(loop.replayed)) kinds.set(line, recorded.has(line) ? "both" : "replay");
    if (isMesh) kinds.set(loop.span.line, "mesh");
  }
  return kinds;
}

function linesOf(spans) {
  const lines = new Set();
  for (const span of spans) {
    const stop = span.stop_column <= 1 && span.stop_line > span.line ? span.stop_line : span.stop_line + 1;
    for (let line = span.line; line < stop; line += 1) lines.add(line);
  }
  return lines;
}

/** Find the line after a loop's body: the first that is indented no deeper than its header. */
function bodyStop(texts, line) {
  const indent = (text) => text.length - text.trimStart().length;
  const header = indent(texts[line - 1] ?? "");
  let stop = line + 1;
  for (let next = line + 1; next <= texts.length; next += 1) {
    const text = texts[next - 1];
    if (!text.trim()) continue;
    if (indent(text) <= header) break;
    stop = next + 1;
  }
  return stop;
}

const MARKS = { mesh: "mesh", both: "both", replay: "replay", home: "home" };

/** Show the source with what became of its loops, and the reasons under their lines. */
export function explainedLines(source, loops) {
  const kinds = lineKinds(source, loops);
  const shown = document.createDocumentFragment();
  const texts = source.replace(/\n$/, "").split("\n");
  const notes = new Map();
  const note = (line, made) => notes.set(line, [...(notes.get(line) ?? []), made]);
  for (const loop of loops) addNotes(loop, note);
  texts.forEach((text, index) => {
    const line = index + 1;
    const kind = kinds.get(line);
    const row = element("div", `row ${kind ?? ""}`);
    row.append(element("span", "number", String(line)));
    row.append(kind ? element("span", `mark ${kind}`, MARKS[kind]) : element("span", ""));
    row.append(element("span", "text", text || " "));
    shown.append(row, ...(notes.get(line) ?? []));
  });
  if (!loops.length) shown.prepend(element("p", "empty", "The program has no loops."));
  return shown;
}

function addNotes(loop, note) {
  const line = loop.span.line;
  if (loop.verdict === "distributed") {
    const parts = ["the mesh can compute this loop"];
    if (loop.captures.length) parts.push(`sends ${loop.captures.map((c) => `${c.name}: ${c.type}`).join(", ")}`);
    if (loop.tape.length) parts.push(`gets back ${loop.tape.join(", ")} an iteration`);
    note(line, noteOf(`✓ ${parts.join("; ")}`, "good"));
    for (const form of loop.forms) note(line, noteOf(`in the chunk: ${form}`));
  } else if (loop.verdict !== "inside a distributed loop") {
    addReason(loop, note);
  }
  for (const text of loop.notes) note(line, noteOf(text));
  if (loop.suggestion) note(line, noteOf(`help: ${loop.suggestion}`));
}

/** Put the reason under the line that stops the loop; the loop's header names that line. */
function addReason({ verdict, span, reason }, note) {
  if (!reason) {
    note(span.line, noteOf(verdict, "reason"));
    return;
  }
  const says = reason.message.endsWith(verdict) ? reason.message : `${verdict}: ${reason.message}`;
  if (reason.span.line === span.line) {
    note(span.line, noteOf(says, "reason"));
    return;
  }
  note(span.line, noteOf(`${verdict}, because of line ${reason.span.line}`, "reason"));
  const { line, column, stop_line: stopLine, stop_column: stopColumn } = reason.span;
  const width = stopLine === line ? Math.max(1, stopColumn - column) : 1;
  note(line, element("div", "caret", `${" ".repeat(column - 1)}^${"~".repeat(width - 1)}`));
  note(line, noteOf(reason.message, "reason"));
}

/** A note with `code` between backticks. */
function noteOf(text, className = "") {
  const made = element("div", `note ${className}`);
  text.split("`").forEach((part, index) => made.append(index % 2 ? element("code", "", part) : part));
  return made;
}

/** Say why nothing was sent out. */
export function homeAlone(peerCount, loops) {
  let why = "no loop was worth sending out; “Own cores: only check” sends small loops too";
  if (!loops.some((loop) => loop.verdict === "distributed")) why = "it has no loop for the mesh";
  else if (!peerCount) why = "no peers are connected";
  return element("p", "", `The program ran on this machine alone, for nothing: ${why}.`);
}

/** Show who computed what of one run, and what it cost. */
export function runBill(run, colours) {
  const text =
    `${run.iterations.toLocaleString("en")} iterations in ${run.chunks} chunks, ` +
    `${run.executions_per_chunk} executions a chunk, ${run.home_checks} run at home.`;
  const table = document.createElement("table");
  const head = table.createTHead().insertRow();
  for (const name of ["computed by", "chunks", "10⁹ operations", "paid", "verdict"]) {
    head.append(element("th", ["computed by", "verdict"].includes(name) ? "" : "amount", name));
  }
  const body = table.createTBody();
  const isPeer = (worker) => Number(worker.who !== "home");
  for (const worker of [...run.workers].sort((a, b) => isPeer(a) - isPeer(b))) {
    const row = body.insertRow();
    if (worker.verdict.startsWith("wrong")) row.className = "wrong";
    const who = worker.who === "home" ? "home (this node)" : worker.who;
    row.append(element("td", "who", colours.swatch(worker.who), who));
    row.append(element("td", "amount", String(worker.chunks)));
    row.append(element("td", "amount", (worker.operations / 1e9).toFixed(3)));
    row.append(element("td", "amount", worker.who === "home" ? "–" : credits(worker.paid)));
    row.append(element("td", "", worker.verdict));
  }
  const total = body.insertRow();
  total.className = "total";
  total.append(element("td", "", "the bill"), element("td", ""), element("td", ""));
  total.append(element("td", "amount", credits(run.cost)), element("td", ""));
  return [table, element("p", "faint", text)];
}

/** Show the connected peers. */
export function peersTable(peers) {
  if (!peers.length) return element("p", "", "No peers are connected; loops run on this machine.");
  const table = document.createElement("table");
  const head = table.createTHead().insertRow();
  for (const name of ["identity", "cores", "standing", "software"]) head.append(element("th", "", name));
  const body = table.createTBody();
  for (const peer of peers) {
    const row = body.insertRow();
    row.append(element("td", "who", peer.identity.slice(0, 16)));
    for (const text of [peer.cores, peer.standing, peer.software]) row.append(element("td", "", String(text)));
  }
  return table;
}
