/* What makes a context equal on every host: a clock that only moves when it is read or waited for,
 * seeded randomness, timers without waiting, and no threads. Adds to `mesh` what slice.js drives.
 *
 * Everything here keeps its own references to JavaScript's functions: a work function may replace
 * them, and must hurt only itself.
 */
(mesh) => {
  'use strict';
  const { apply, construct, defineProperty, getOwnPropertyDescriptor } = Reflect;
  const uncurried = Function.prototype.bind.bind(Function.prototype.call);
  const { floor, trunc } = Math;
  const start = 1735689600000; // 2025-01-01: the clock of every slice begins here.

  /* A new global of the kind that JavaScript's own are: not enumerable, and free to be replaced. */
  const define = (name, value, owner = globalThis) => {
    defineProperty(owner, name, { value, writable: true, configurable: true, enumerable: false });
  };
  mesh.uncurried = uncurried;
  mesh.define = define;

  // The word that the host reads to see whether `progress` is called.
  const beat = new Uint32Array(new SharedArrayBuffer(4));
  mesh.beat = beat.buffer;
  mesh.countProgress = () => { beat[0] += 1; };

  // --- Clock ---------------------------------------------------------------------------------
  let nowMs = start;
  const read = () => { nowMs += 1; return nowMs; };

  const NativeDate = Date;
  const dateText = uncurried(NativeDate.prototype.toString);
  function VirtualDate(...parts) {
    if (new.target === undefined) return dateText(new NativeDate(read()));
    return construct(NativeDate, parts.length === 0 ? [read()] : parts, new.target);
  }
  defineProperty(VirtualDate, 'name', { value: 'Date', configurable: true });
  defineProperty(VirtualDate, 'length', { value: 7, configurable: true });
  defineProperty(VirtualDate, 'prototype', { value: NativeDate.prototype, writable: false });
  define('parse', NativeDate.parse, VirtualDate);
  define('UTC', NativeDate.UTC, VirtualDate);
  define('now', () => read(), VirtualDate);
  define('constructor', VirtualDate, NativeDate.prototype);
  define('Date', VirtualDate);

  const format = Intl.DateTimeFormat.prototype;
  const formatOf = uncurried(getOwnPropertyDescriptor(format, 'format').get);
  const formatToParts = uncurried(format.formatToParts);
  defineProperty(format, 'format', {
    get() {
      const formatDate = formatOf(this);
      return (date) => formatDate(date === undefined ? read() : date);
    },
    configurable: true,
  });
  define('formatToParts', function (date) {
    return formatToParts(this, date === undefined ? read() : date);
  }, format);

  define('performance', {
    now: () => read() - start,
    timeOrigin: start,
    toJSON: () => ({ timeOrigin: start }),
  });

  // --- Randomness: xoshiro128** (Blackman and Vigna), seeded for each slice ------------------
  const seeds = new Uint32Array([1, 2, 3, 4]);
  const { imul } = Math;
  const random32 = () => {
    const scaled = imul(seeds[1], 5);
    const result = imul((scaled << 7) | (scaled >>> 25), 9) >>> 0;
    const shifted = seeds[1] << 9;
    seeds[2] ^= seeds[0];
    seeds[3] ^= seeds[1];
    seeds[1] ^= seeds[2];
    seeds[0] ^= seeds[3];
    seeds[2] ^= shifted;
    seeds[3] = (seeds[3] << 11) | (seeds[3] >>> 21);
    return result;
  };
  define('random', () => {
    const high = random32() >>> 5;
    return (high * 0x4000000 + (random32() >>> 6)) / 0x20000000000000;
  }, Math);

  const bytesOf = Uint8Array;
  const isView = ArrayBuffer.isView;
  const viewPrototype = Object.getPrototypeOf(Uint8Array.prototype);
  const viewBuffer = uncurried(getOwnPropertyDescriptor(viewPrototype, 'buffer').get);
  const viewOffset = uncurried(getOwnPropertyDescriptor(viewPrototype, 'byteOffset').get);
  const viewBytes = uncurried(getOwnPropertyDescriptor(viewPrototype, 'byteLength').get);
  const viewTag = uncurried(getOwnPropertyDescriptor(viewPrototype, Symbol.toStringTag).get);
  const getRandomValues = (array) => {
    if (!isView(array) || viewTag(array) === undefined) {
      throw new TypeError('crypto.getRandomValues needs a typed array');
    }
    const bytes = new bytesOf(viewBuffer(array), viewOffset(array), viewBytes(array));
    for (let i = 0; i < bytes.length; i += 1) bytes[i] = random32() >>> 24;
    return array;
  };
  const hex = '0123456789abcdef';
  define('crypto', {
    getRandomValues,
    randomUUID: () => {
      let text = '';
      for (let i = 0; i < 36; i += 1) {
        if (i === 8 || i === 13 || i === 18 || i === 23) text += '-';
        else if (i === 14) text += '4';
        else if (i === 19) text += hex[8 + (random32() >>> 30)];
        else text += hex[random32() >>> 28];
      }
      return text;
    },
  });

  // --- Timers: in order of time; the clock jumps to the next instead of waiting --------------
  const mapGet = uncurried(Map.prototype.get);
  const mapSet = uncurried(Map.prototype.set);
  const mapDelete = uncurried(Map.prototype.delete);
  const mapClear = uncurried(Map.prototype.clear);
  const timers = new Map();
  let first = null;
  let last = null;
  let serial = 0;

  const insert = (timer) => {
    if (first === null) {
      first = last = timer;
    } else if (timer.when >= last.when) {
      last.next = timer;
      last = timer;
    } else if (timer.when < first.when) {
      timer.next = first;
      first = timer;
    } else {
      let before = first;
      while (before.next.when <= timer.when) before = before.next;
      timer.next = before.next;
      before.next = timer;
    }
  };

  const milliseconds = (delay) => {
    const number = trunc(+delay);
    return number > 0 ? number : 0; // NaN, too
  };
  const indirectEval = eval;
  const addTimer = (callback, delay, args, isRepeated) => {
    const run = typeof callback === 'function' ? callback : () => indirectEval(`${callback}`);
    serial += 1;
    const id = serial;
    const pause = milliseconds(delay);
    const timer = { id, when: nowMs + pause, run, args, pause: isRepeated ? pause || 1 : 0, next: null };
    mapSet(timers, id, timer);
    insert(timer);
    return id;
  };
  const clear = (id) => { mapDelete(timers, typeof id === 'number' ? id : +id); };
  define('setTimeout', (callback, delay, ...args) => addTimer(callback, delay, args, false));
  define('setInterval', (callback, delay, ...args) => addTimer(callback, delay, args, true));
  define('setImmediate', (callback, ...args) => addTimer(callback, 0, args, false));
  define('clearTimeout', clear);
  define('clearInterval', clear);
  define('clearImmediate', clear);

  /* Take the next timer; null if there is none. The caller runs it, and may throw. */
  mesh.nextTimer = () => {
    while (first !== null) {
      const timer = first;
      first = timer.next;
      if (first === null) last = null;
      if (mapGet(timers, timer.id) !== timer) continue;
      const waited = timer.when > nowMs ? timer.when - nowMs : 0;
      nowMs += waited;
      if (timer.pause > 0) {
        timer.when = nowMs + timer.pause;
        timer.next = null;
        insert(timer);
      } else {
        mapDelete(timers, timer.id);
      }
      return { waited, run: () => apply(timer.run, undefined, timer.args) };
    }
    return null;
  };

  const promiseThen = uncurried(Promise.prototype.then);
  const resolved = Promise.resolve();
  define('queueMicrotask', (callback) => {
    if (typeof callback !== 'function') throw new TypeError('queueMicrotask needs a function');
    promiseThen(resolved, () => { callback(); });
  });

  /* Begin a slice: everything that could tell one slice from another starts anew. */
  mesh.resetEnvironment = (slices) => {
    nowMs = start;
    for (let i = 0; i < 4; i += 1) seeds[i] = slices[i];
    mapClear(timers);
    first = last = null;
    serial = 0;
  };

  // --- Garbage collection must not be seen, and there are no threads -------------------------
  class StrongRef {
    #target;

    constructor(target) { this.#target = target; }

    deref() { return this.#target; }
  }
  defineProperty(StrongRef, 'name', { value: 'WeakRef', configurable: true });
  define('WeakRef', StrongRef);
  define('FinalizationRegistry', class FinalizationRegistry {
    register() {}

    unregister() { return false; }
  });
  delete globalThis.SharedArrayBuffer;
  delete globalThis.Atomics;
  delete globalThis.Temporal; // It has a clock of its own.

  // --- WebAssembly: compiled at once, for nothing runs beside a slice ------------------------
  const { Module, Instance } = WebAssembly;
  define('compile', async function compile(bytes) { return new Module(bytes); }, WebAssembly);
  define('instantiate', async function instantiate(source, imports) {
    if (source instanceof Module) return new Instance(source, imports);
    const module = new Module(source);
    return { module, instance: new Instance(module, imports) };
  }, WebAssembly);
  delete WebAssembly.compileStreaming;
  delete WebAssembly.instantiateStreaming;
}
