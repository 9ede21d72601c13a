// Feature: job.requirements.useStrict; without it a work function is sloppy
'use strict';

async function main() {
  const compute = require('dcp/compute');
  // As text, for a function of this file would be made strict by the file.
  const work = '() => { progress(); return (function () { return this === undefined; })(); }';
  const sloppy = compute.do(work);
  const strict = compute.do(work);
  strict.requirements = { useStrict: true };
  console.log((await sloppy.exec())[0], (await strict.exec())[0]);
}

require('dcp-client').init().then(main);
