// Feature: slices have no network and no file: fetch and dynamic import fail as errors that the work function can catch
'use strict';

async function main() {
  const compute = require('dcp/compute');
  const job = compute.do(async () => {
    progress();
    const tries = {
      fetch: () => fetch('http://127.0.0.1:1/'),
      import: () => eval("import('fs')"),
      code: () => Promise.resolve().then(() => (0, eval)('1 + 1')),
    };
    const ends = {};
    for (const [name, attempt] of Object.entries(tries)) {
      try {
        ends[name] = String(await attempt());
      } catch (error) {
        ends[name] = 'refused';
      }
    }
    return ends;
  });
  console.log(JSON.stringify((await job.exec())[0]));
}

require('dcp-client').init().then(main);
