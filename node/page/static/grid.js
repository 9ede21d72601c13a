// A loop run as a grid of chunks: who has which, who computed it. Draws; asks nobody.

const PALETTE = [
  "#2f6fd6", "#c2620a", "#14866a", "#b3388a", "#7a52c7", "#9a7400",
  "#c63d34", "#0c7f9e", "#5c7d16", "#94522a", "#44619d", "#8c3f64",
];
const HOME_COLOUR = "#647084";
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const CELL_WANTED = 30;
const CELL_MAX = 42;
const CELL_MIN = 4;
const GRID_HEIGHT = 190;
const LETTER_MIN = 11;
const KEY = "Outline: in work · half: computed, not agreed yet · full: final. Point at a chunk, or use the arrow keys.";
const STATE_WORDS = {
  open: "nobody has it yet",
  leased: "being computed",
  reported: "computed, not agreed yet",
  final: "final",
};

/** Gives each worker a colour and a letter, in the order in which they appear; the same in all grids of a page. */
export class Colours {
  #peers = new Map();

  of(who) {
    if (who === "home") return { colour: HOME_COLOUR, letter: "H" };
    if (who === "done") return { colour: PALETTE[0], letter: "" };
    if (!this.#peers.has(who)) this.#peers.set(who, this.#peers.size);
    const index = this.#peers.get(who);
    return { colour: PALETTE[index % PALETTE.length], letter: LETTERS[index % LETTERS.length] };
  }

  swatch(who) {
    const { colour, letter } = this.of(who);
    const box = document.createElement("span");
    box.className = "swatch";
    box.style.background = colour;
    box.style.color = "#fff";
    box.textContent = letter || "\u00a0";
    return box;
  }
}

/** One run's grid with its legend. `element` is to be put on the page. */
export class RunGrid {
  #chunks;
  #colours;
  #cells = new Map();
  #canvas = document.createElement("canvas");
  #count = document.createElement("span");
  #title = document.createElement("h3");
  #legend = document.createElement("div");
  #inspect = document.createElement("p");
  #layout = { columns: 1, size: CELL_MAX };
  #cursor = -1;
  #isDue = false;
  #key = KEY;

  constructor(chunks, title, colours) {
    this.#chunks = chunks;
    this.#colours = colours;
    this.#title.textContent = title;
    this.element = document.createElement("section");
    this.element.className = "run";
    const header = document.createElement("header");
    header.append(this.#title, this.#count);
    this.#canvas.tabIndex = 0;
    this.#canvas.setAttribute("role", "img");
    this.#inspect.className = "inspect";
    this.#inspect.setAttribute("aria-live", "polite");
    this.#inspect.textContent = this.#key;
    this.element.append(header, this.#canvas, this.#inspect, this.#legend);
    this.#canvas.addEventListener("pointermove", (event) => this.#point(event));
    this.#canvas.addEventListener("pointerleave", () => this.#look(-1));
    this.#canvas.addEventListener("keydown", (event) => this.#step(event));
    this.#canvas.addEventListener("blur", () => this.#look(-1));
    new ResizeObserver(() => this.#redrawSoon()).observe(this.#canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#redrawSoon());
  }

  /** Take what the daemon tells of the run: the cells that changed, and all workers. */
  apply(event) {
    if (event.is_whole) this.#cells.clear();
    for (const [chunk, state, holders, reporters] of event.cells) {
      if (state === "open") this.#cells.delete(chunk);
      else this.#cells.set(chunk, { state, holders, reporters });
    }
    this.#showLegend(event.workers);
    this.#tell();
  }

  /** Put the run's bill in place of the legend. */
  settle(title, ...billed) {
    this.#title.textContent = title;
    this.#legend.replaceChildren(...billed);
    this.#key = "";
    if (this.#cursor < 0) this.#inspect.textContent = "";
  }

  /** Show how many chunks are done where the daemon does not tell which, and by whom. */
  fill(done) {
    for (let chunk = 0; chunk < done; chunk += 1) {
      this.#cells.set(chunk, { state: "final", holders: [], reporters: ["done"] });
    }
    this.#tell();
  }

  #tell() {
    const finals = [...this.#cells.values()].filter((cell) => cell.state === "final").length;
    this.#count.textContent = `${finals} of ${this.#chunks} chunks final`;
    this.#canvas.setAttribute(
      "aria-label",
      `Grid of ${this.#chunks} chunks, ${finals} of them final; arrow keys look at single ones`,
    );
    if (this.#cursor >= 0) this.#inspect.textContent = this.#words(this.#cursor);
    this.#redrawSoon();
  }

  #showLegend(workers) {
    if (!workers.length) return;
    const table = document.createElement("table");
    const head = table.createTHead().insertRow();
    for (const [text, isAmount] of [["who", false], ["chunks", true], ["in work", true], ["paid", true], ["", false]]) {
      const cell = document.createElement("th");
      cell.textContent = text;
      cell.className = isAmount ? "amount" : "";
      head.append(cell);
    }
    const body = table.createTBody();
    for (const worker of workers) {
      const row = body.insertRow();
      if (worker.is_wrong) row.className = "wrong";
      const who = row.insertCell();
      who.className = "who";
      who.append(this.#colours.swatch(worker.who), worker.who === "home" ? "home (this node)" : worker.who);
      for (const text of [worker.computed, worker.held, worker.who === "home" ? "–" : credits(worker.paid)]) {
        const cell = row.insertCell();
        cell.className = "amount";
        cell.textContent = text;
      }
      row.insertCell().textContent = worker.is_wrong ? "was wrong: not paid, shunned" : "";
    }
    this.#legend.replaceChildren(table);
  }

  // Drawing

  #redrawSoon() {
    if (this.#isDue) return;
    this.#isDue = true;
    requestAnimationFrame(() => {
      this.#isDue = false;
      this.#draw();
    });
  }

  #draw() {
    const width = this.#canvas.clientWidth;
    if (!width) return;
    const wanted = Math.sqrt((width * GRID_HEIGHT) / this.#chunks);
    const about = Math.max(CELL_MIN, Math.min(CELL_WANTED, wanted));
    const rows = Math.ceil(this.#chunks / Math.max(1, Math.floor(width / about)));
    const columns = Math.ceil(this.#chunks / rows); // rows of one length look better than a short last one
    const size = Math.max(CELL_MIN, Math.min(CELL_MAX, Math.floor(width / columns)));
    this.#layout = { columns, size };
    const height = Math.ceil(this.#chunks / columns) * size;
    const ratio = devicePixelRatio || 1;
    this.#canvas.width = Math.round(width * ratio);
    this.#canvas.height = Math.round(height * ratio);
    this.#canvas.style.height = `${height}px`;
    const pen = this.#canvas.getContext("2d");
    pen.scale(ratio, ratio);
    const style = getComputedStyle(document.documentElement);
    const colours = { line: style.getPropertyValue("--line"), ink: style.getPropertyValue("--ink") };
    for (let chunk = 0; chunk < this.#chunks; chunk += 1) this.#drawCell(pen, chunk, colours);
  }

  #drawCell(pen, chunk, colours) {
    const { columns, size } = this.#layout;
    const gap = size >= 10 ? 2 : size >= 6 ? 1 : 0.5;
    const box = { x: (chunk % columns) * size, y: Math.floor(chunk / columns) * size, side: size - gap };
    const cell = this.#cells.get(chunk);
    if (!cell) {
      pen.strokeStyle = colours.line;
      pen.lineWidth = 1;
      pen.strokeRect(box.x + 0.5, box.y + 0.5, box.side - 1, box.side - 1);
    } else {
      this.#drawStripes(pen, box, cell);
    }
    if (chunk === this.#cursor) {
      pen.strokeStyle = colours.ink;
      pen.lineWidth = 2;
      pen.strokeRect(box.x + 1, box.y + 1, box.side - 2, box.side - 2);
    }
  }

  /** A stripe for each worker of the chunk: full height once it counts, half of it while it is not agreed, an outline
   * while it is being computed. */
  #drawStripes(pen, box, cell) {
    const isFinal = cell.state === "final";
    const parts = cell.reporters.map((who) => ({ who, fill: isFinal ? 1 : 0.5 }));
    if (!isFinal) parts.push(...cell.holders.map((who) => ({ who, fill: 0 })));
    const width = box.side / parts.length;
    parts.forEach(({ who, fill }, index) => {
      const { colour, letter } = this.#colours.of(who);
      const x = box.x + index * width;
      pen.fillStyle = colour;
      pen.globalAlpha = 0.22;
      pen.fillRect(x, box.y, width, box.side);
      pen.globalAlpha = 1;
      pen.fillRect(x, box.y + box.side * (1 - fill), width, box.side * fill);
      if (fill < 1) {
        pen.strokeStyle = colour;
        pen.lineWidth = 1;
        pen.strokeRect(x + 0.5, box.y + 0.5, width - 1, box.side - 1);
      }
      if (width >= LETTER_MIN && letter) {
        pen.fillStyle = fill === 1 ? "#fff" : colour;
        pen.font = `600 ${Math.min(13, Math.round(width * 0.62))}px ui-monospace, monospace`;
        pen.textAlign = "center";
        pen.textBaseline = "middle";
        if (fill !== 0.5) pen.fillText(letter, x + width / 2, box.y + box.side / 2 + 1);
      }
    });
  }

  // Looking at one chunk

  #point(event) {
    const { columns, size } = this.#layout;
    const column = Math.floor(event.offsetX / size);
    const chunk = Math.floor(event.offsetY / size) * columns + column;
    this.#look(column < columns && chunk < this.#chunks ? chunk : -1);
  }

  #step(event) {
    const { columns } = this.#layout;
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns };
    let chunk = this.#cursor;
    if (event.key in steps) chunk = chunk < 0 ? 0 : chunk + steps[event.key];
    else if (event.key === "Home") chunk = 0;
    else if (event.key === "End") chunk = this.#chunks - 1;
    else return;
    event.preventDefault();
    if (chunk >= 0 && chunk < this.#chunks) this.#look(chunk);
  }

  #look(chunk) {
    if (chunk === this.#cursor) return;
    this.#cursor = chunk;
    this.#inspect.textContent = chunk < 0 ? this.#key : this.#words(chunk);
    this.#redrawSoon();
  }

  #words(chunk) {
    const { state, holders, reporters } = this.#cells.get(chunk) ?? { state: "open", holders: [], reporters: [] };
    const parts = [`chunk ${chunk}: ${STATE_WORDS[state]}`];
    const names = (list) => list.map((who) => this.#name(who)).join(" and ");
    if (reporters.length && reporters[0] !== "done") parts.push(`computed by ${names(reporters)}`);
    if (holders.length && state !== "final") parts.push(`in work at ${names(holders)}`);
    return parts.join(", ");
  }

  #name(who) {
    return who === "home" ? "home" : `${this.#colours.of(who).letter} ${who.slice(0, 8)}`;
  }
}

/** Write micro-credits as credits, exactly. */
export function credits(micro) {
  const size = Math.abs(micro);
  const fraction = String(size % 1e6).padStart(6, "0");
  return `${micro < 0 ? "−" : ""}${Math.floor(size / 1e6)}.${fraction} cr`;
}
