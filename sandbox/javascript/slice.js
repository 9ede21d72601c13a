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
  const stringify = JSON.stringify;
  const text = String;
  const wellFormed = uncurried(String.prototype.toWellFormed);
  const cut = uncurried(String.prototype.slice);
  const includes = uncurried(String.prototype.includes);
  const split = uncurried(String.prototype.split);

  const NAME_CHARS_MAX = 1000;
  const MESSAGE_CHARS_MAX = 65536;
  const STACK_CHARS_MAX = 16384;

  let settings = null;
  let kvin = null;
  let run = null; // What runs a slice; null until the program was evaluated.
  let failure = null; // What evaluating the program threw: every slice throws it.
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
        defineProperty(texts, i, { value: readable(args[i]), enumerable: true });
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

  const publicDefaults = {
    name: 'Ad-Hoc Job',
    description: 'Discreetly making the world smarter',
    link: 'https://distributed.computer/about',
  };
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
      throw new Error('the work function has rejected this slice');
    },
    job: { public: publicDefaults },
  };
  define('work', work);

  // --- Driving -------------------------------------------------------------------------------
  const readable = (value) => {
    try {
      return wellFormed(text(value));
    } catch {
      return 'a value without text';
    }
  };

  const reset = (seeds) => {
    mesh.resetEnvironment(seeds);
    outcome = rejection = null;
    events = '';
    eventCount = 0;
    eventRoom = settings.eventCharsMax;
    hasProgressed = false;
    silentMs = waitedMs = 0;
  };

  mesh.open = (given) => {
    settings = given;
    const { KVIN } = globalThis.KVIN;
    delete globalThis.KVIN;
    kvin = new KVIN();
    reset(settings.seeds);
  };

  mesh.take = (data) => {
    batch = data;
    next = 0;
  };

  const openProgram = () => {
    try {
      Object.assign(work.job.public, JSON.parse(settings.publicText));
      const args = [];
      for (const argument of settings.arguments) args.push(kvin.deserialize(argument));
      mesh.openModules(settings);
      run = mesh.openWork(settings, args);
    } catch (error) {
      failure = { error };
      run = () => { throw failure.error; };
    }
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
    const [datum, seeds] = batch[next];
    next += 1;
    reset(seeds);
    isRunning = true;
    settle(datum);
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
    if (typeof error !== 'object' || error === null) {
      return failed('', 'Error', cut(readable(error), 0, MESSAGE_CHARS_MAX), '');
    }
    const code = typeof error.code === 'string' ? property(error, 'code', NAME_CHARS_MAX) : '';
    return failed(
      code,
      property(error, 'name', NAME_CHARS_MAX) || 'Error',
      property(error, 'message', MESSAGE_CHARS_MAX),
      property(error, 'stack', STACK_CHARS_MAX),
    );
  };

  const finish = () => {
    isRunning = false;
    if (rejection !== null) return failed('EREJECTED', 'Error', rejection, '');
    if (outcome.hasFailed) return failedBy(outcome.value);
    if (settings.mustProgress && !hasProgressed) return '!never';
    let value;
    try {
      value = marshalled(outcome.value);
    } catch (error) {
      return failedBy(error);
    }
    if (value.length > settings.outputCharsMax) return '!long';
    return `[${stringify(value)},null,[${events}]]`;
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
    if (outcome !== null || rejection !== null) return finish();
    const timer = mesh.nextTimer();
    if (timer === null) {
      isRunning = false;
      return '!silent'; // It waits for something that cannot happen.
    }
    silentMs += timer.waited;
    waitedMs += timer.waited;
    if (waitedMs > settings.sliceMs) return '!slow';
    if (silentMs > settings.progressMs) return '!silent';
    try {
      timer.run();
    } catch (error) {
      outcome = { value: error, hasFailed: true };
    }
    return '';
  };
}
