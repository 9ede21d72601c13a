/* Drives a context: takes data, runs one slice after the other, and makes their records.
 *
 * The host calls `step` again and again; between two calls V8 runs all microtasks. A step returns
 * '' while the slice goes on; `[value, error, events]` as JSON when it has ended, or the name of a
 * verdict (`!silent`); with `~` before it when the context should not be used for another slice.
 */
(mesh) => {
  'use strict';
  const { define, uncurried } = mesh;
  const { apply, defineProperty } = Reflect;
  const parse = JSON.parse;
  const stringify = JSON.stringify;
  const text = String;
  const wellFormed = uncurried(String.prototype.toWellFormed);
  const cut = uncurried(String.prototype.slice);
  const find = uncurried(String.prototype.indexOf);

  const NAME_CHARS_MAX = 1000;
  const MESSAGE_CHARS_MAX = 65536;
  const STACK_CHARS_MAX = 16384;

  let settings = null;
  let kvin = null;
  let run = null; // What runs a slice; null until the program was evaluated.
  let batch = [];
  let next = 0;

  // The running slice.
  let isRunning = false;
  let outcome = null;
  let rejection = null;
  let events = '';
  let eventCount = 0;
  let eventRoom = 0;
  let hasProgressed = false;
  let silentMs = 0;
  let waitedMs = 0;

  const readable = (value) => {
    try {
      return cut(wellFormed(text(value)), 0, MESSAGE_CHARS_MAX);
    } catch {
      return 'a value without text';
    }
  };

  // --- What a work function can call ---------------------------------------------------------
  define('progress', function progress() {
    mesh.countProgress();
    hasProgressed = true;
    silentMs = 0;
    return true;
  });

  const record = (kind, name, payload) => {
    eventCount += 1;
    eventRoom -= name.length + payload.length;
    if (eventCount > settings.eventsMax || eventRoom < 0) {
      eventRoom = -1;
      return;
    }
    const entry = `["${kind}",${stringify(wellFormed(name))},${stringify(payload)}]`;
    events = events === '' ? entry : `${events},${entry}`;
  };

  const marshalled = (value) => stringify(kvin.marshal(value));
  const logger = (level) => (...args) => {
    if (eventRoom < 0) return;
    let payload;
    try {
      payload = marshalled(args);
    } catch {
      const texts = [];
      for (let i = 0; i < args.length; i += 1) {
        defineProperty(texts, i, { __proto__: null, value: readable(args[i]), enumerable: true });
      }
      payload = marshalled(texts);
    }
    record('console', level, payload);
  };
  define('console', {
    log: logger('log'),
    debug: logger('debug'),
    info: logger('info'),
    warn: logger('warn'),
    error: logger('error'),
  });

  const work = {
    emit: function emit(name, value) {
      if (typeof name !== 'string') {
        throw new Error(`Event name passed to work.emit must be a string, not ${name}.`);
      }
      const payload = stringify(value);
      record('custom', name, payload === undefined ? 'null' : payload);
    },
    reject: function reject(reason) {
      if (rejection === null) rejection = readable(reason);
      throw new Error('The work function has rejected this slice');
    },
    job: {
      public: {
        name: 'Ad-Hoc Job',
        description: 'Discreetly making the world smarter',
        link: 'https://distributed.computer/about',
      },
    },
  };
  define('work', work);

  // --- Values --------------------------------------------------------------------------------
  const isView = ArrayBuffer.isView;
  const Float32 = Float32Array;
  const Float64 = Float64Array;

  /* Make the bits of NaN equal, which differ between V8's compilers. */
  const withPlainNaN = (array) => {
    for (let i = 0; i < array.length; i += 1) {
      if (array[i] !== array[i]) {
        const copy = array instanceof Float64 ? new Float64(array) : new Float32(array);
        for (let k = i; k < copy.length; k += 1) if (copy[k] !== copy[k]) copy[k] = NaN;
        return copy;
      }
    }
    return array;
  };

  /* DCP's client knows these by name (dcp.md 2.4); here they hold what they were made of. */
  const holder = (name) => {
    const Holder = class {
      #value;

      constructor(value) { this.#value = value; }

      toString() { return `${this.#value}`; }

      toJSON() { return this.#value; }
    };
    defineProperty(Holder, 'name', { value: name, configurable: true });
    return Holder;
  };

  const openValues = () => {
    const { KVIN } = globalThis.KVIN;
    delete globalThis.KVIN;
    kvin = new KVIN();
    const DcpURL = class extends URL {};
    defineProperty(DcpURL, 'name', { value: 'dcpUrl$$DcpURL', configurable: true });
    kvin.userCtors = {
      dcpUrl$$DcpURL: DcpURL,
      dcpEth$$Address: holder('dcpEth$$Address'),
      BigNumber: holder('BigNumber'),
    };
    const prepareView = uncurried(kvin.prepare$ArrayBuffer);
    kvin.prepare$ArrayBuffer = (view) => prepareView(
      kvin,
      view instanceof Float64 || view instanceof Float32 ? withPlainNaN(view) : view,
    );
  };

  /* Serialise a result, and see to it that the other end can read it. */
  const serialised = (value) => {
    const result = marshalled(value);
    if (find(result, '"ctr":"') >= 0) kvin.unmarshal(parse(result));
    return result;
  };

  // --- Driving -------------------------------------------------------------------------------
  const reset = (seeds) => {
    mesh.resetEnvironment(seeds);
    outcome = rejection = null;
    hasProgressed = false;
    silentMs = waitedMs = 0;
  };
  const resetEvents = () => {
    events = '';
    eventCount = 0;
    eventRoom = settings.eventCharsMax;
  };

  mesh.open = (given) => {
    settings = given;
    openValues();
  };

  mesh.take = (data) => {
    batch = data;
    next = 0;
  };

  /* Evaluate the program. What it prints belongs to the first slice. */
  const openProgram = () => {
    reset(settings.seeds);
    resetEvents();
    try {
      Object.assign(work.job.public, parse(settings.publicText));
      const args = settings.arguments.map((argument) => kvin.deserialize(argument));
      mesh.openModules(settings);
      run = mesh.openWork(settings, args);
    } catch (error) {
      run = () => { throw error; }; // every slice's error
    }
    mesh.rememberPristine();
  };

  const settle = async (datum) => {
    try {
      const value = await run(kvin.deserialize(datum));
      outcome = { value, hasFailed: false };
    } catch (error) {
      outcome = { value: error, hasFailed: true };
    }
  };

  const begin = () => {
    isRunning = true;
    reset(batch[next][1]);
    next += 1;
    settle(batch[next - 1][0]);
  };

  /* Leave out our own lines of a stack, and all but the first of the step that called. */
  const ownStack = (stack) => {
    let kept = '';
    let rest = cut(stack, 0, STACK_CHARS_MAX);
    while (rest !== '') {
      const end = find(rest, '\n');
      const line = end < 0 ? rest : cut(rest, 0, end);
      rest = end < 0 ? '' : cut(rest, end + 1);
      if (find(line, 'meshnode:') >= 0 || find(line, '    at <anonymous>:1:') === 0) continue;
      kept = kept === '' ? line : `${kept}\n${line}`;
    }
    return kept;
  };

  const property = (error, name, charsMax) => {
    try {
      const value = error[name];
      return value === undefined ? '' : cut(wellFormed(text(value)), 0, charsMax);
    } catch {
      return '';
    }
  };

  const failed = (code, name, message, stack) =>
    `[null,[${stringify(code)},${stringify(name)},${stringify(message)},${stringify(stack)}],[${events}]]`;

  const failedBy = (error) => {
    if (typeof error !== 'object' || error === null) return failed('', 'Error', readable(error), '');
    let code = '';
    try {
      if (typeof error.code === 'string') code = property(error, 'code', NAME_CHARS_MAX);
    } catch {
      code = '';
    }
    return failed(
      code,
      property(error, 'name', NAME_CHARS_MAX) || 'Error',
      property(error, 'message', MESSAGE_CHARS_MAX),
      ownStack(property(error, 'stack', STACK_CHARS_MAX)),
    );
  };

  const finished = () => {
    if (rejection !== null) return failed('EREJECTED', 'Error', rejection, '');
    if (outcome.hasFailed) return failedBy(outcome.value);
    if (settings.mustProgress && !hasProgressed) return '!never';
    let value;
    try {
      value = serialised(outcome.value);
    } catch (error) {
      return failedBy(error);
    }
    if (value.length > settings.outputCharsMax) return '!long';
    return `[${stringify(value)},null,[${events}]]`;
  };

  const finish = (verdict) => {
    const result = verdict === '' ? finished() : verdict;
    isRunning = false;
    resetEvents();
    return mesh.isPristine() ? result : `~${result}`;
  };

  mesh.step = () => {
    if (run === null) {
      openProgram();
      return '';
    }
    if (!isRunning) {
      begin();
      return '';
    }
    if (outcome !== null || rejection !== null) return finish('');
    const timer = mesh.nextTimer();
    if (timer === null) return finish('!silent'); // It waits for something that cannot happen.
    silentMs += timer.waited;
    waitedMs += timer.waited;
    if (waitedMs > settings.sliceMs) return finish('!slow');
    if (silentMs > settings.progressMs) return finish('!silent');
    try {
      timer.run();
    } catch (error) {
      outcome = { value: error, hasFailed: true };
    }
    return '';
  };
}
