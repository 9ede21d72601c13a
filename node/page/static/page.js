// The page's own program: editor, calls to the daemon, tabs, and the job that is followed.

import { Colours, RunGrid, credits } from "./grid.js";
import { element, explainedLines, homeAlone, lineKinds, peersTable, runBill } from "./reports.js";

const OUTPUT_CHARACTERS_MAX = 1_000_000;
const GRIDS_MAX = 8; // as many as the daemon tells of at the end (RUNS_WATCHED_MAX)
const CELLS_MAX = 4_000;
const NODE_EVERY_MS = 5_000;
const AGAIN_MS = 1_000;
const AGAIN_TIMES = 20;
const MODULE_SHOWN = 96;

const $ = (id) => document.getElementById(id);
const editor = $("source");

// ------------------------------------------------------------------ the daemon

/** The secret comes with the address, is kept for this tab alone, and leaves the address bar. */
function takeToken() {
  const given = new URLSearchParams(location.search).get("token");
  if (given) {
    sessionStorage.setItem("token", given);
    history.replaceState(null, "", "/");
  }
  return sessionStorage.getItem("token") ?? "";
}

const token = takeToken();

class Refused extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

async function ask(path, body, options = {}) {
  const request = { headers: { "X-Meshnode-Token": token }, ...options };
  if (body !== undefined) {
    request.method = "POST";
    request.headers["Content-Type"] = "application/json";
    request.body = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch(path, request);
  } catch {
    throw new Refused("the daemon does not answer; start it, and open the address that `meshnode page` prints", 0);
  }
  if (!response.ok) {
    const answer = await response.json().catch(() => ({}));
    throw new Refused(answer.error ?? `the daemon refused (${response.status})`, response.status);
  }
  return response;
}

const call = async (path, body) => (await ask(path, body)).json();

function complain(message) {
  $("alert").textContent = message;
  $("alert").hidden = !message;
}

// ------------------------------------------------------------------ the editor

let lineCount = 0;
let marks = new Map();

function numberLines() {
  const count = editor.value.split("\n").length;
  if (count !== lineCount) {
    lineCount = count;
    $("gutter").replaceChildren(...Array.from({ length: count }, (_, i) => element("div", "", String(i + 1))));
  }
  for (const [index, line] of [...$("gutter").children].entries()) line.className = marks.get(index + 1) ?? "";
  $("gutter").scrollTop = editor.scrollTop;
}

function markLines(next) {
  marks = next;
  numberLines();
}

/** Replace what is selected, so that undo knows it. */
function type(text) {
  if (!document.execCommand("insertText", false, text)) {
    editor.setRangeText(text, editor.selectionStart, editor.selectionEnd, "end");
    editor.dispatchEvent(new Event("input"));
  }
}

function lineStart() {
  return editor.value.lastIndexOf("\n", editor.selectionStart - 1) + 1;
}

function dedent() {
  const start = lineStart();
  const spaces = /^ {1,4}/.exec(editor.value.slice(start))?.[0].length ?? 0;
  if (!spaces) return;
  const at = Math.max(start, editor.selectionStart - spaces);
  editor.setSelectionRange(start, start + spaces);
  document.execCommand("delete");
  editor.setSelectionRange(at, at);
}

function breakLine() {
  const before = editor.value.slice(lineStart(), editor.selectionStart);
  const indent = /^ */.exec(before)[0] + (before.trimEnd().endsWith(":") ? "    " : "");
  type(`\n${indent}`);
}

let leavesByTab = false;

editor.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    leavesByTab = true;
    return;
  }
  if (event.key === "Tab" && !leavesByTab) {
    event.preventDefault();
    if (event.shiftKey) dedent();
    else type(" ".repeat(4 - ((editor.selectionStart - lineStart()) % 4)));
  } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && !event.isComposing) {
    event.preventDefault();
    breakLine();
  }
  if (event.key !== "Shift") leavesByTab = false;
});

editor.addEventListener("scroll", () => {
  $("gutter").scrollTop = editor.scrollTop;
});

editor.addEventListener("input", () => {
  sessionStorage.setItem("source", editor.value);
  markLines(new Map());
});

function setSource(source, name) {
  editor.value = source;
  editor.scrollTop = 0;
  $("name").value = name;
  sessionStorage.setItem("source", source);
  sessionStorage.setItem("name", name);
  markLines(new Map());
  showFindings([]);
}

function goTo(line, column) {
  const start = editor.value.split("\n").slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
  editor.focus();
  editor.setSelectionRange(start + column - 1, start + column - 1);
  editor.scrollTop = Math.max(0, (line - 4) * parseFloat(getComputedStyle(editor).lineHeight));
}

// ------------------------------------------------------------------ tabs

const tabs = [...document.querySelectorAll('[role="tab"]')];

function selectTab(name, withFocus = false) {
  for (const tab of tabs) {
    const isChosen = tab.id === `tab-${name}`;
    tab.setAttribute("aria-selected", String(isChosen));
    tab.tabIndex = isChosen ? 0 : -1;
    $(tab.getAttribute("aria-controls")).hidden = !isChosen;
    if (isChosen && withFocus) tab.focus();
  }
}

for (const [index, tab] of tabs.entries()) {
  tab.addEventListener("click", () => selectTab(tab.id.slice(4)));
  tab.addEventListener("keydown", (event) => {
    const to = { ArrowLeft: index - 1, ArrowRight: index + 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    selectTab(tabs.at(to % tabs.length).id.slice(4), true);
  });
}

// ------------------------------------------------------------------ compile and explain

let loops = [];
let javascript = "";

function program() {
  return { name: $("name").value.trim() || "page.mojo", source: editor.value };
}

function showFindings(findings) {
  $("findings").hidden = !findings.length;
  $("findings").replaceChildren(
    ...findings.map((finding) => {
      const button = element("button", finding.severity, finding.text);
      button.type = "button";
      button.addEventListener("click", () => goTo(finding.span.line, finding.span.column));
      return element("li", "", button);
    }),
  );
}

/** Compile and explain what is in the editor; false if it has errors. */
async function check() {
  const asked = program();
  say("compiling…");
  const compiled = await call("/api/compile", asked);
  showFindings(compiled.diagnostics);
  const found = new Map(compiled.diagnostics.map((finding) => [finding.span.line, finding.severity]));
  if (!compiled.is_compiled) {
    markLines(found);
    showNothing();
    say(`${compiled.diagnostics.length} error${compiled.diagnostics.length === 1 ? "" : "s"}`);
    return false;
  }
  showJavascript(compiled);
  const explained = await call("/api/explain", asked);
  loops = explained.loops;
  $("lines").replaceChildren(explainedLines(asked.source, loops));
  if (asked.source === editor.value) markLines(new Map([...lineKinds(asked.source, loops), ...found]));
  const count = loops.filter((loop) => loop.verdict === "distributed").length;
  say(count ? `compiled; ${count} loop${count === 1 ? "" : "s"} for the mesh` : "compiled; no loop for the mesh");
  return true;
}

/** A program with errors has no JavaScript and no loops; those of an earlier one would mislead. */
function showNothing() {
  const text = "The program has errors; they are listed below the editor.";
  $("lines").replaceChildren(element("p", "empty", text));
  $("sizes").textContent = text;
  $("javascript").textContent = javascript = "";
  $("copy").disabled = $("download").disabled = true;
}

function showJavascript(compiled) {
  javascript = compiled.javascript;
  $("sizes").textContent =
    `Runs in Node, browsers and workers · loader ${bytes(javascript.length)} · ` +
    `home module ${bytes(compiled.home_bytes)} · slice module ${bytes(compiled.slice_bytes)}`;
  $("javascript").textContent = javascript.replace(
    /atob\("([^"]*)"\)/,
    (whole, module) =>
      module.length <= 2 * MODULE_SHOWN
        ? whole
        : `atob("${module.slice(0, MODULE_SHOWN)}…` +
          `/* ${(module.length - MODULE_SHOWN).toLocaleString("en")} more characters; Copy and Download have them */")`,
  );
  $("copy").disabled = $("download").disabled = false;
}

function bytes(count) {
  return count < 10_000 ? `${count.toLocaleString("en")} B` : `${(count / 1000).toFixed(1)} kB`;
}

$("copy").addEventListener("click", async () => {
  await navigator.clipboard.writeText(javascript);
  say("copied");
});

$("download").addEventListener("click", () => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([javascript], { type: "text/javascript" }));
  link.download = program().name.replace(/(\.mojo)?$/, ".js");
  link.click();
  URL.revokeObjectURL(link.href);
});

// ------------------------------------------------------------------ run and follow

let job = null;
let startedMs = 0;
let clock = 0;
let peerCount = 0;
let canWatch = false;
let newestProgress = null;
const colours = new Colours();
const grids = new Map();
const output = { characters: 0, cut: 0, offsets: {}, decoders: {} };

function splitArguments(text) {
  return [...text.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/g)].map(
    (match) => match[1]?.replace(/\\(.)/g, "$1") ?? match[2] ?? match[3],
  );
}

function clearOutput() {
  grids.clear();
  newestProgress = null;
  $("runs").replaceChildren();
  $("bill").replaceChildren();
  $("output").replaceChildren();
  $("output").hidden = $("output-title").hidden = $("progress").hidden = true;
  $("progress-line").textContent = "starting…";
  output.characters = output.cut = 0;
  output.offsets = { stdout: 0, stderr: 0 };
  output.decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
}

async function run() {
  if (job) return;
  setRunning("…");
  try {
    if (!(await check())) return setRunning(null);
    selectTab("output");
    clearOutput();
    const options = { quorum: Number($("quorum").value), home: $("home").value };
    const asked = { ...program(), arguments: splitArguments($("arguments").value), options };
    sessionStorage.setItem("started", String(Date.now()));
    setRunning((await call("/api/jobs", asked)).job);
    await followJob();
  } catch (error) {
    setRunning(null);
    throw error;
  }
}

function setRunning(next) {
  job = next;
  $("run").disabled = job !== null;
  $("cancel").disabled = !job || job === "…";
  clearInterval(clock);
  if (!job || job === "…") {
    sessionStorage.removeItem("job");
    return;
  }
  sessionStorage.setItem("job", job);
  startedMs = Number(sessionStorage.getItem("started"));
  clock = setInterval(showProgress, 500);
  say("running…");
}

/** Take the job's events until it has ended; when the stream breaks, go on where it broke. */
async function followJob() {
  let failures = 0;
  while (job) {
    try {
      const { stdout, stderr } = output.offsets;
      const response = await ask(`/api/jobs/${job}/events?stdout=${stdout}&stderr=${stderr}`);
      for await (const event of lines(response.body)) {
        failures = 0;
        take(event);
      }
    } catch (error) {
      if (error instanceof Refused && error.status) throw error;
      failures += 1;
      if (failures > AGAIN_TIMES) throw error;
      say("the daemon went away; waiting for it…");
    }
    if (job) await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}

async function* lines(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const parts = (rest + value).split("\n");
    rest = parts.pop();
    for (const part of parts) yield JSON.parse(part);
  }
}

function take(event) {
  if (event.event === "stdout" || event.event === "stderr") print(event);
  else if (event.event === "progress") takeProgress(event);
  else if (event.event === "chunks") takeChunks(event);
  else if (event.event === "ended") end(event);
}

function print({ event: stream, data }) {
  const raw = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
  output.offsets[stream] += raw.length;
  const text = output.decoders[stream].decode(raw, { stream: true });
  const pane = $("output");
  pane.hidden = $("output-title").hidden = false;
  const isAtEnd = pane.scrollTop + pane.clientHeight >= pane.scrollHeight - 4;
  const room = OUTPUT_CHARACTERS_MAX - output.characters;
  if (room > 0) {
    let last = pane.lastElementChild;
    if (last?.className !== stream) {
      last = element("span", stream);
      pane.append(last);
    }
    last.append(text.slice(0, room));
    output.characters += Math.min(room, text.length);
  }
  if (text.length > room) {
    output.cut += text.length - Math.max(0, room);
    const note = pane.querySelector(".cut") ?? pane.appendChild(element("span", "cut"));
    note.textContent = `\n… and ${output.cut.toLocaleString("en")} more characters, which the page does not keep`;
  }
  if (isAtEnd) pane.scrollTop = pane.scrollHeight;
}

function takeProgress(progress) {
  newestProgress = progress;
  if (!canWatch && progress.chunks <= CELLS_MAX) {
    gridOf(`run ${progress.run}`, progress.chunks, progress.line).fill(progress.chunks_done);
  }
  showProgress();
}

function takeChunks(event) {
  const line = loops.find((loop) => loop.number !== null && loop.number === event.loop)?.span.line;
  gridOf(event.run, event.chunks, line).apply(event);
}

/** The run's grid, made when the run is first seen; the newest is first, old ones go. */
function gridOf(key, chunks, line) {
  let grid = grids.get(key);
  if (!grid) {
    const title = line ? `Loop at line ${line}` : "Loop";
    grid = new RunGrid(chunks, title, colours);
    grids.set(key, grid);
    $("runs").prepend(grid.element);
    if (grids.size > GRIDS_MAX) {
      const [oldest, old] = grids.entries().next().value;
      old.element.remove();
      grids.delete(oldest);
    }
  }
  return grid;
}

function showProgress() {
  const seconds = `${((Date.now() - startedMs) / 1000).toFixed(0)} s`;
  const progress = newestProgress;
  if (!progress) {
    $("progress-line").textContent = `running at home, no loop is out yet · ${seconds}`;
    return;
  }
  $("progress").hidden = false;
  $("progress").max = progress.chunks;
  $("progress").value = progress.chunks_done;
  $("progress-line").textContent = [
    `loop at line ${progress.line}`,
    `${progress.chunks_done} of ${progress.chunks} chunks computed`,
    `${progress.peers} peer${progress.peers === 1 ? "" : "s"}`,
    `${(progress.operations_per_s / 1e9).toFixed(2)} Gop/s`,
    credits(progress.cost),
    seconds,
  ].join(" · ");
}

function end(event) {
  const seconds = ((event.ended_ms - event.created_ms) / 1000).toFixed(1);
  const exit = event.exit_code === null ? "" : `, exit code ${event.exit_code}`;
  $("progress").hidden = true;
  $("progress-line").textContent = `${event.state} after ${seconds} s${exit}`;
  $("bill").replaceChildren();
  if (event.message) $("bill").append(element("pre", "code", event.message));
  const runs = event.summary.loop_runs ?? [];
  if (runs.length) showBill(runs);
  else if (event.state === "done") $("bill").append(homeAlone(peerCount, loops));
  setRunning(null);
  say(`${event.state}${exit}`);
}

/** Show the newest runs' bills, each at its grid, and the sum of all. */
function showBill(runs) {
  for (const run of runs.slice(-GRIDS_MAX)) {
    const line = `Loop at line ${run.line}`;
    const grid = grids.get(run.run) ?? (canWatch ? null : [...grids.values()][runs.indexOf(run)]);
    if (grid) grid.settle(line, ...runBill(run, colours));
    else $("bill").append(element("h3", "", line), ...runBill(run, colours));
  }
  if (runs.length > 1) {
    const total = runs.reduce((sum, run) => sum + run.cost, 0);
    $("bill").append(element("p", "total", `${runs.length} loops, together ${credits(total)}`));
  }
}

async function cancel() {
  if (job && job !== "…") await call(`/api/jobs/${job}/cancel`, {});
}

// ------------------------------------------------------------------ the node

async function showNode() {
  const node = await call("/api/node");
  peerCount = node.peers.length;
  canWatch = node.can_watch;
  const balance = credits(node.status.balance);
  $("peers-summary").textContent = `${peerCount} peer${peerCount === 1 ? "" : "s"} · balance ${balance}`;
  const works = node.status.may_work ? "works for others" : "does not work for others now";
  const own = `This node is ${node.status.identity.slice(0, 16)} and ${works}: ${node.status.reason}.`;
  $("peers-list").replaceChildren(element("p", "", own), peersTable(node.peers));
}

// ------------------------------------------------------------------ begin

function say(text) {
  $("state").textContent = text;
}

/** Do what a person asked for; what goes wrong is said at the top. */
function attempt(action) {
  complain("");
  action().catch((error) => {
    say("");
    complain(error.message);
  });
}

$("check").addEventListener("click", () => attempt(async () => (await check()) && selectTab("explain")));
$("run").addEventListener("click", () => attempt(run));
$("cancel").addEventListener("click", () => attempt(cancel));
$("name").addEventListener("change", () => sessionStorage.setItem("name", $("name").value));

document.addEventListener("keydown", (event) => {
  if (!event.ctrlKey && !event.metaKey) return;
  if (event.key === "Enter") {
    event.preventDefault();
    attempt(run);
  } else if (event.key === "s") {
    event.preventDefault();
    attempt(async () => (await check()) && selectTab("explain"));
  }
});

async function listExamples() {
  const { examples } = await call("/api/examples");
  $("example").append(new Option("choose one…", ""));
  for (const example of examples) $("example").append(new Option(example.title, example.name));
  $("example").addEventListener("change", () => {
    const chosen = examples.find((example) => example.name === $("example").value);
    if (chosen) setSource(chosen.source, chosen.name);
    attempt(check);
  });
  if (sessionStorage.getItem("source") === null) {
    setSource(examples[0].source, examples[0].name);
    $("example").value = examples[0].name;
  }
}

async function begin() {
  editor.value = sessionStorage.getItem("source") ?? "";
  $("name").value = sessionStorage.getItem("name") ?? "page.mojo";
  numberLines();
  await showNode();
  setInterval(() => showNode().catch((error) => complain(error.message)), NODE_EVERY_MS);
  await listExamples();
  const running = sessionStorage.getItem("job");
  await check();
  if (running && !job) {
    selectTab("output");
    clearOutput();
    setRunning(running);
    await followJob();
  }
}

attempt(begin);
