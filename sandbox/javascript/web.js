/* The part of the web's interfaces that DCP's sandbox has and V8 has not. There is no network. */
(mesh) => {
  'use strict';
  const { define } = mesh;

  class DOMException extends Error {
    constructor(message = '', name = 'Error') {
      super(message);
      Object.defineProperty(this, 'name', { value: name, configurable: true, writable: true });
    }
  }
  define('DOMException', DOMException);
  define('self', globalThis);
  define('WorkerGlobalScope', globalThis);
  define('navigator', {
    userAgent: 'not a browser', hardwareConcurrency: 1, onLine: false, platform: '', product: '',
  });
  define('location', { search: '', href: 'DCP Worker' });
  define('isSecureContext', false);
  define('importScripts', () => { throw new Error('importScripts is not supported on DCP'); });
  define('fetch', async function fetch() {
    throw new TypeError('fetch: a slice has no network; give it what it needs as data or arguments');
  });

  // --- Text ----------------------------------------------------------------------------------
  const bytesOf = (input) => {
    if (input === undefined) return new Uint8Array(0);
    if (input instanceof ArrayBuffer) return new Uint8Array(input);
    if (ArrayBuffer.isView(input)) {
      return new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
    }
    throw new TypeError('The value is neither an ArrayBuffer nor a view of one');
  };

  /* Write a text's UTF-8 into an array as far as it fits. */
  const encodeInto = (text, bytes) => {
    let read = 0;
    let written = 0;
    while (read < text.length) {
      const unit = text.charCodeAt(read);
      const isPair = unit >= 0xd800 && unit < 0xdc00
        && (text.charCodeAt(read + 1) & 0xfc00) === 0xdc00;
      let point = isPair ? text.codePointAt(read) : unit;
      if (!isPair && (unit & 0xf800) === 0xd800) point = 0xfffd;
      const size = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
      if (written + size > bytes.length) break;
      if (size === 1) {
        bytes[written] = point;
      } else {
        bytes[written] = [0xc0, 0xe0, 0xf0][size - 2] | (point >> (6 * (size - 1)));
        for (let i = 1; i < size; i += 1) {
          bytes[written + i] = 0x80 | ((point >> (6 * (size - 1 - i))) & 0x3f);
        }
      }
      written += size;
      read += isPair ? 2 : 1;
    }
    return { read, written };
  };

  define('TextEncoder', class TextEncoder {
    get encoding() { return 'utf-8'; }

    encode(input = '') {
      const text = `${input}`;
      const bytes = new Uint8Array(text.length * 3);
      return bytes.slice(0, encodeInto(text, bytes).written);
    }

    encodeInto(input, bytes) { return encodeInto(`${input}`, bytes); }
  });

  const encodings = {
    'utf-8': 'utf-8', utf8: 'utf-8', 'unicode-1-1-utf-8': 'utf-8',
    'utf-16le': 'utf-16le', 'utf-16': 'utf-16le', 'ucs-2': 'utf-16le',
    latin1: 'latin1', 'iso-8859-1': 'latin1', ascii: 'latin1', 'us-ascii': 'latin1',
  };

  /* Collects UTF-16 units into a text. */
  class Units {
    #text = '';

    #units = [];

    add(unit) {
      if (this.#units.push(unit) === 4096) this.#flush();
    }

    addPoint(point) {
      if (point > 0xffff) {
        this.add(0xd7c0 + (point >> 10));
        this.add(0xdc00 | (point & 0x3ff));
      } else {
        this.add(point);
      }
    }

    #flush() {
      this.#text += String.fromCharCode(...this.#units);
      this.#units = [];
    }

    text() {
      this.#flush();
      return this.#text;
    }
  }

  define('TextDecoder', class TextDecoder {
    #encoding;

    #fatal;

    #ignoreBOM;

    #rest = new Uint8Array(0);

    #isBegun = false;

    constructor(label = 'utf-8', { fatal = false, ignoreBOM = false } = {}) {
      this.#encoding = encodings[`${label}`.trim().toLowerCase()];
      if (this.#encoding === undefined) throw new RangeError(`The encoding ${label} is not supported`);
      this.#fatal = Boolean(fatal);
      this.#ignoreBOM = Boolean(ignoreBOM);
    }

    get encoding() { return this.#encoding; }

    get fatal() { return this.#fatal; }

    get ignoreBOM() { return this.#ignoreBOM; }

    decode(input, { stream = false } = {}) {
      const added = bytesOf(input);
      let bytes = added;
      if (this.#rest.length > 0) {
        bytes = new Uint8Array(this.#rest.length + added.length);
        bytes.set(this.#rest);
        bytes.set(added, this.#rest.length);
      }
      const units = new Units();
      const end = this.#read(bytes, units, stream);
      this.#rest = bytes.slice(end);
      const text = units.text();
      const isMarked = !this.#isBegun && !this.#ignoreBOM && text[0] === '\ufeff'
        && this.#encoding !== 'latin1';
      this.#isBegun = stream && (this.#isBegun || text !== '');
      return isMarked ? text.slice(1) : text;
    }

    #read(bytes, units, stream) {
      if (this.#encoding === 'latin1') {
        for (const byte of bytes) units.add(byte);
        return bytes.length;
      }
      if (this.#encoding === 'utf-16le') {
        const end = bytes.length - (bytes.length % 2);
        for (let i = 0; i < end; i += 2) units.add(bytes[i] | (bytes[i + 1] << 8));
        if (stream || end === bytes.length) return end;
        this.#replace(units);
        return bytes.length;
      }
      return this.#readUtf8(bytes, units, stream);
    }

    #readUtf8(bytes, units, stream) {
      let at = 0;
      while (at < bytes.length) {
        const lead = bytes[at];
        if (lead < 0x80) {
          units.add(lead);
          at += 1;
          continue;
        }
        const more = lead < 0xc2 || lead > 0xf4 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
        let point = lead & (0x3f >> more);
        let taken = 1;
        // The bounds of the second byte leave out overlong forms and surrogates.
        let low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
        let high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
        while (taken <= more && bytes[at + taken] >= low && bytes[at + taken] <= high) {
          point = (point << 6) | (bytes[at + taken] & 0x3f);
          taken += 1;
          low = 0x80;
          high = 0xbf;
        }
        if (more > 0 && taken > more) units.addPoint(point);
        else if (more > 0 && at + taken === bytes.length && stream) return at;
        else this.#replace(units);
        at += taken;
      }
      return at;
    }

    #replace(units) {
      if (this.#fatal) throw new TypeError('The encoded data was not valid');
      units.add(0xfffd);
    }
  });

  // --- Base64 --------------------------------------------------------------------------------
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  define('btoa', (input) => {
    const text = `${input}`;
    let result = '';
    for (let i = 0; i < text.length; i += 3) {
      const codes = [text.charCodeAt(i), text.charCodeAt(i + 1), text.charCodeAt(i + 2)];
      if (codes.some((code) => code > 255)) {
        throw new DOMException('btoa: the text has characters beyond Latin-1', 'InvalidCharacterError');
      }
      const bits = (codes[0] << 16) | (codes[1] << 8) | codes[2];
      result += digits[bits >> 18] + digits[(bits >> 12) & 63]
        + (i + 1 < text.length ? digits[(bits >> 6) & 63] : '=')
        + (i + 2 < text.length ? digits[bits & 63] : '=');
    }
    return result;
  });
  define('atob', (input) => {
    let text = `${input}`.replace(/[\t\n\f\r ]/g, '');
    if (text.length % 4 === 0) text = text.replace(/={1,2}$/, '');
    if (text.length % 4 === 1 || /[^A-Za-z0-9+/]/.test(text)) {
      throw new DOMException('atob: the text is not base64', 'InvalidCharacterError');
    }
    const units = new Units();
    let bits = 0;
    for (let i = 0; i < text.length; i += 1) {
      bits = ((bits << 6) | digits.indexOf(text[i])) & 0xffffff;
      if (i % 4 !== 0) units.add((bits >> (6 - 2 * (i % 4))) & 255);
    }
    return units.text();
  });

  // --- Copies --------------------------------------------------------------------------------
  const cloned = (value, seen) => {
    if (typeof value === 'function' || typeof value === 'symbol') {
      throw new DOMException(`structuredClone: a ${typeof value} cannot be cloned`, 'DataCloneError');
    }
    if (typeof value !== 'object' || value === null) return value;
    if (seen.has(value)) return seen.get(value);
    const kept = (copy) => {
      seen.set(value, copy);
      return copy;
    };
    if (value instanceof ArrayBuffer) return kept(value.slice(0));
    if (ArrayBuffer.isView(value)) {
      const length = value instanceof DataView ? value.byteLength : value.length;
      return kept(new value.constructor(cloned(value.buffer, seen), value.byteOffset, length));
    }
    if (value instanceof Date) return kept(new Date(value.getTime()));
    if (value instanceof RegExp) return kept(new RegExp(value.source, value.flags));
    if (value instanceof Number || value instanceof String || value instanceof Boolean) {
      return kept(Object(value.valueOf()));
    }
    if (value instanceof Map) {
      const copy = kept(new Map());
      for (const [key, item] of [...value]) copy.set(cloned(key, seen), cloned(item, seen));
      return copy;
    }
    if (value instanceof Set) {
      const copy = kept(new Set());
      for (const item of [...value]) copy.add(cloned(item, seen));
      return copy;
    }
    if (value instanceof Error) {
      const copy = kept(Object.create(Object.getPrototypeOf(value)));
      for (const name of ['message', 'stack', 'cause']) {
        if (Object.hasOwn(value, name)) define(name, cloned(value[name], seen), copy);
      }
      return copy;
    }
    const copy = kept(Array.isArray(value) ? new Array(value.length) : {});
    for (const key of Object.keys(value)) copy[key] = cloned(value[key], seen);
    return copy;
  };
  define('structuredClone', (value) => cloned(value, new Map()));

  define('Blob', class Blob {
    #bytes;

    constructor(parts = [], { type = '' } = {}) {
      const pieces = Array.from(parts, (part) => {
        if (part instanceof Blob) return part.#bytes;
        if (part instanceof ArrayBuffer || ArrayBuffer.isView(part)) return bytesOf(part);
        return new TextEncoder().encode(part);
      });
      this.#bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
      let at = 0;
      for (const piece of pieces) {
        this.#bytes.set(piece, at);
        at += piece.length;
      }
      this.type = `${type}`.toLowerCase();
    }

    get size() { return this.#bytes.length; }

    async arrayBuffer() { return this.#bytes.slice().buffer; }

    async bytes() { return this.#bytes.slice(); }

    async text() { return new TextDecoder().decode(this.#bytes); }

    slice(start, end, type = '') { return new Blob([this.#bytes.slice(start, end)], { type }); }
  });

  // --- Events --------------------------------------------------------------------------------
  class Event {
    constructor(type, { cancelable = false } = {}) {
      this.type = `${type}`;
      this.cancelable = Boolean(cancelable);
      this.defaultPrevented = false;
      this.target = null;
    }

    preventDefault() { this.defaultPrevented = this.cancelable; }
  }
  define('Event', Event);
  define('CustomEvent', class CustomEvent extends Event {
    constructor(type, options = {}) {
      super(type, options);
      this.detail = options.detail ?? null;
    }
  });
  class EventTarget {
    #listeners = new Map();

    addEventListener(type, listener, options = {}) {
      if (!this.#listeners.has(type)) this.#listeners.set(type, new Map());
      this.#listeners.get(type).set(listener, Boolean(options.once));
    }

    removeEventListener(type, listener) { this.#listeners.get(type)?.delete(listener); }

    dispatchEvent(event) {
      event.target = this;
      for (const [listener, isOnce] of [...(this.#listeners.get(event.type) ?? [])]) {
        if (isOnce) this.removeEventListener(event.type, listener);
        if (typeof listener === 'function') listener.call(this, event);
        else listener.handleEvent(event);
      }
      return !event.defaultPrevented;
    }
  }
  define('EventTarget', EventTarget);
  const globalTarget = new EventTarget();
  for (const name of ['addEventListener', 'removeEventListener', 'dispatchEvent']) {
    define(name, (...args) => globalTarget[name](...args));
  }
}
