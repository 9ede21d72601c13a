/* URL and URLSearchParams, which V8 has not (url.spec.whatwg.org, without international domains). */
(mesh) => {
  'use strict';
  const { define } = mesh;
  const ports = { 'http:': '80', 'https:': '443', 'ws:': '80', 'wss:': '443', 'ftp:': '21', 'file:': '' };
  const isSpecial = (protocol) => Object.hasOwn(ports, protocol);

  /* Percent-encode what may not stand in a part of a URL, and keep what is encoded already. */
  const escaper = (unsafe) => {
    const pattern = new RegExp(`[^\\x21-\\x7e]|[${unsafe}]`, 'gu');
    const encoder = new TextEncoder();
    return (text) => text.replace(pattern, (char) => Array.from(
      encoder.encode(char),
      (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
    ).join(''));
  };
  const escapePath = escaper('"#<>?^`{}');
  const escapeQuery = escaper('"#<>\'');
  const escapeHash = escaper('"<>`');
  const escapeUser = escaper('"#<>?`{}/:;=@\\[\\]^|\\\\');

  const invalid = (text) => {
    const error = new TypeError('Invalid URL');
    error.code = 'ERR_INVALID_URL';
    error.input = text;
    return error;
  };

  const normalPath = (path, protocol) => {
    const segments = [];
    const parts = (isSpecial(protocol) ? path.replace(/\\/g, '/') : path).split('/').slice(1);
    parts.forEach((part, index) => {
      const isLast = index === parts.length - 1;
      const plain = part.replace(/%2e/gi, '.');
      if (plain === '..') segments.pop();
      else if (plain !== '.') segments.push(escapePath(part));
      if (isLast && (plain === '..' || plain === '.')) segments.push('');
    });
    return `/${segments.join('/')}`;
  };

  const readHost = (host, protocol, text) => {
    if (host.startsWith('[')) return host.toLowerCase();
    let name = host;
    try {
      name = isSpecial(protocol) ? decodeURIComponent(host).toLowerCase() : host;
    } catch {
      throw invalid(text);
    }
    if (/[\s#%/<>?@[\\\]^|]/.test(name)) throw invalid(text);
    return name;
  };

  const readAuthority = (parts, authority, text) => {
    const at = authority.lastIndexOf('@');
    const [, host, port = ''] = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(authority.slice(at + 1)) ?? [];
    if (host === undefined || Number(port) > 65535) throw invalid(text);
    if (at >= 0) {
      const user = authority.slice(0, at);
      const colon = user.indexOf(':');
      parts.username = escapeUser(colon < 0 ? user : user.slice(0, colon));
      parts.password = colon < 0 ? '' : escapeUser(user.slice(colon + 1));
    }
    parts.hostname = readHost(host, parts.protocol, text);
    if (parts.hostname === '' && isSpecial(parts.protocol) && parts.protocol !== 'file:') {
      throw invalid(text);
    }
    parts.port = port === '' || String(Number(port)) === ports[parts.protocol] ? '' : String(Number(port));
  };

  const cutAt = (text, sign) => {
    const at = text.indexOf(sign);
    return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at)];
  };
  const orEmpty = (part) => (part.length > 1 ? part : '');

  const parse = (text, base) => {
    let rest = text.replace(/^[\x00-\x20]+|[\x00-\x20]+$/g, '').replace(/[\t\n\r]/g, '');
    const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(rest);
    const parts = {
      protocol: scheme ? scheme[0].toLowerCase() : base?.protocol,
      username: '', password: '', hostname: null, port: '', pathname: '', search: '', hash: '',
    };
    if (parts.protocol === undefined) throw invalid(text);
    if (scheme) rest = rest.slice(scheme[0].length);
    let hash;
    let search;
    [rest, hash] = cutAt(rest, '#');
    [rest, search] = cutAt(rest, '?');
    parts.hash = orEmpty(escapeHash(hash));
    parts.search = orEmpty(escapeQuery(search));
    const slashes = isSpecial(parts.protocol) ? /^[/\\]{2,}/ : /^\/\//;
    if (scheme && isSpecial(parts.protocol) && parts.protocol !== 'file:') {
      rest = `//${rest.replace(/^[/\\]+/, '')}`;
    }
    if (slashes.test(rest)) {
      const start = parts.protocol === 'file:' ? 2 : slashes.exec(rest)[0].length;
      const end = rest.slice(start).search(isSpecial(parts.protocol) ? /[/\\]/ : /\//);
      const stop = end < 0 ? rest.length : start + end;
      readAuthority(parts, rest.slice(start, stop), text);
      rest = rest.slice(stop);
      parts.pathname = rest === '' && !isSpecial(parts.protocol) ? '' : normalPath(rest || '/', parts.protocol);
      return parts;
    }
    if (scheme) {
      if (isSpecial(parts.protocol)) parts.hostname = '';
      parts.pathname = rest[0] === '/' || isSpecial(parts.protocol)
        ? normalPath(rest[0] === '/' ? rest : `/${rest}`, parts.protocol) : escapeHash(rest);
      return parts;
    }
    if (base.hostname === null && base.pathname[0] !== '/') throw invalid(text);
    const { username, password, hostname, port } = base;
    Object.assign(parts, { username, password, hostname, port });
    if (rest === '') {
      parts.pathname = base.pathname;
      if (search === '') parts.search = base.search;
    } else {
      const directory = base.pathname.slice(0, base.pathname.lastIndexOf('/') + 1) || '/';
      parts.pathname = normalPath(/^[/\\]/.test(rest) ? rest : directory + rest, parts.protocol);
    }
    return parts;
  };

  const formEncode = (text) => encodeURIComponent(text.toWellFormed())
    .replace(/%20/g, '+')
    .replace(/[!'()~]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  const formDecode = (text) => {
    const plain = text.replace(/\+/g, ' ');
    try {
      return decodeURIComponent(plain);
    } catch {
      return plain;
    }
  };

  class URLSearchParams {
    #pairs = [];

    #changed = () => {};

    constructor(init = '', changed = undefined) {
      if (typeof init === 'object' && init !== null) {
        const entries = typeof init[Symbol.iterator] === 'function' ? init : Object.entries(init);
        for (const [name, value] of entries) this.#pairs.push([`${name}`, `${value}`]);
      } else {
        for (const part of `${init}`.replace(/^\?/, '').split('&')) {
          if (part === '') continue;
          const [name, value] = cutAt(part, '=');
          this.#pairs.push([formDecode(name), formDecode(value.slice(1))]);
        }
      }
      if (changed !== undefined) this.#changed = changed;
    }

    get size() { return this.#pairs.length; }

    append(name, value) {
      this.#pairs.push([`${name}`, `${value}`]);
      this.#changed(this.toString());
    }

    delete(name) {
      this.#pairs = this.#pairs.filter((pair) => pair[0] !== `${name}`);
      this.#changed(this.toString());
    }

    get(name) { return this.#pairs.find((pair) => pair[0] === `${name}`)?.[1] ?? null; }

    getAll(name) { return this.#pairs.filter((pair) => pair[0] === `${name}`).map((pair) => pair[1]); }

    has(name) { return this.#pairs.some((pair) => pair[0] === `${name}`); }

    set(name, value) {
      const index = this.#pairs.findIndex((pair) => pair[0] === `${name}`);
      if (index < 0) {
        this.append(name, value);
        return;
      }
      this.#pairs = this.#pairs.filter((pair, at) => at <= index || pair[0] !== `${name}`);
      this.#pairs[index] = [`${name}`, `${value}`];
      this.#changed(this.toString());
    }

    sort() {
      this.#pairs.sort((a, b) => (a[0] < b[0] ? -1 : Number(a[0] > b[0])));
      this.#changed(this.toString());
    }

    forEach(callback, self) { for (const [name, value] of this) callback.call(self, value, name, this); }

    * entries() { for (const [name, value] of this.#pairs) yield [name, value]; }

    * keys() { for (const [name] of this.#pairs) yield name; }

    * values() { for (const [, value] of this.#pairs) yield value; }

    [Symbol.iterator]() { return this.entries(); }

    toString() {
      return this.#pairs.map(([name, value]) => `${formEncode(name)}=${formEncode(value)}`).join('&');
    }
  }

  class URL {
    #parts;

    #params = null;

    constructor(url, base = undefined) {
      this.#parts = parse(`${url}`, base === undefined ? undefined : parse(`${base}`));
    }

    static canParse(url, base = undefined) {
      try {
        return Boolean(new URL(url, base));
      } catch {
        return false;
      }
    }

    static parse(url, base = undefined) { return URL.canParse(url, base) ? new URL(url, base) : null; }

    get href() {
      const { protocol, hostname, pathname, search, hash } = this.#parts;
      const authority = hostname === null ? '' : `//${this.#user()}${this.host}`;
      return `${protocol}${authority}${pathname}${search}${hash}`;
    }

    set href(text) {
      this.#parts = parse(`${text}`);
      this.#params = null;
    }

    #user() {
      const { username, password } = this.#parts;
      if (username === '' && password === '') return '';
      return password === '' ? `${username}@` : `${username}:${password}@`;
    }

    get origin() {
      const { protocol } = this.#parts;
      return isSpecial(protocol) && protocol !== 'file:' ? `${protocol}//${this.host}` : 'null';
    }

    get protocol() { return this.#parts.protocol; }

    set protocol(text) { this.#change(`${`${text}`.split(':')[0]}:${this.href.slice(this.protocol.length)}`); }

    get username() { return this.#parts.username; }

    set username(text) { this.#parts.username = escapeUser(`${text}`); }

    get password() { return this.#parts.password; }

    set password(text) { this.#parts.password = escapeUser(`${text}`); }

    get host() {
      const { hostname, port } = this.#parts;
      return port === '' ? hostname ?? '' : `${hostname}:${port}`;
    }

    set host(text) { this.#authority(`${this.#user()}${text}`); }

    get hostname() { return this.#parts.hostname ?? ''; }

    set hostname(text) { this.#authority(`${this.#user()}${text}${this.port && `:${this.port}`}`); }

    get port() { return this.#parts.port; }

    set port(text) { this.#authority(`${this.#user()}${this.hostname}:${parseInt(text, 10) || ''}`); }

    get pathname() { return this.#parts.pathname; }

    set pathname(text) {
      const path = `${text}`;
      this.#parts.pathname = normalPath(path[0] === '/' ? path : `/${path}`, this.protocol);
    }

    get search() { return this.#parts.search; }

    set search(text) {
      this.#parts.search = orEmpty(`?${escapeQuery(`${text}`.replace(/^\?/, ''))}`);
      this.#params = null;
    }

    get searchParams() {
      this.#params ??= new URLSearchParams(this.search, (text) => {
        this.#parts.search = orEmpty(`?${text}`);
      });
      return this.#params;
    }

    get hash() { return this.#parts.hash; }

    set hash(text) { this.#parts.hash = orEmpty(`#${escapeHash(`${text}`.replace(/^#/, ''))}`); }

    /* A setter that is given nonsense changes nothing. */
    #change(href) { if (URL.canParse(href)) this.href = href; }

    #authority(authority) {
      const { protocol, pathname, search, hash } = this.#parts;
      this.#change(`${protocol}//${authority}${pathname}${search}${hash}`);
    }

    toString() { return this.href; }

    toJSON() { return this.href; }
  }
  define('URL', URL);
  define('URLSearchParams', URLSearchParams);
}
