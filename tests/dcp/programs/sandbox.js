// Feature: what a work function finds, and what not
'use strict';

async function main() {
  const compute = require('dcp/compute');
  const job = compute.do(() => {
    progress();
    const names = [
      'process', 'Buffer', 'XMLHttpRequest', 'document', 'window', 'global',
      'self', 'globalThis', 'console', 'progress', 'work', 'require', 'module', 'setTimeout', 'queueMicrotask', 'WebAssembly',
      'TextEncoder', 'TextDecoder', 'URL', 'atob', 'btoa', 'crypto', 'performance', 'BigInt', 'Proxy', 'Intl',
    ];
    const found = Object.fromEntries(names.map((name) => [name, typeof globalThis[name]]));
    let fs = 'found';
    try {
      require('fs');
    } catch (error) {
      fs = 'error';
    }
    return {
      missing: names.filter((name) => found[name] === 'undefined').join(' '), fs,
      base64: atob(btoa('owls')), bytes: new TextEncoder().encode('ö').join(' '), text: new TextDecoder().decode(new Uint8Array([195, 182])),
      host: new URL('http://127.0.0.1:80/a?b=c#d').pathname, self: self === globalThis,
    };
  });
  const [{ missing, fs, ...rest }] = Array.from(await job.exec());
  console.log(missing);
  console.log(fs, JSON.stringify(rest));
}

require('dcp-client').init().then(main);
