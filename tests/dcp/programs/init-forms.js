// Feature: initSync, and a scheduler given to the call instead of the environment: URL, text, object
// The README's init({ scheduler: { location: new URL(…) } }) throws "Invalid URL" in 5.6.1 before it asks anybody.
// Each form needs a process of its own, for the client is set up once in a process.
'use strict';

const { spawnSync } = require('child_process');

const location = process.env.DCP_SCHEDULER_LOCATION;
const forms = {
  url: () => require('dcp-client').init(new URL(location)),
  text: () => require('dcp-client').init(location),
  object: () => require('dcp-client').init({ scheduler: location }),
  environment: () => { process.env.DCP_SCHEDULER_LOCATION = location; return require('dcp-client').initSync(); },
  synchronous: () => require('dcp-client').initSync(new URL(location)),
};

async function main(form) {
  delete process.env.DCP_SCHEDULER_LOCATION;
  await forms[form]();
  const compute = require('dcp/compute');
  console.log(form, Array.from(await compute.for(1, 2, (x) => { progress(); return -x; }).exec()));
}

if (process.argv[2]) {
  main(process.argv[2]);
} else {
  for (const form of Object.keys(forms)) spawnSync(process.execPath, [__filename, form], { stdio: 'inherit' });
}
