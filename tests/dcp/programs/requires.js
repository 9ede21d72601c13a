// Feature: job.requires of local modules, bundled by the client
'use strict';

async function main() {
  const compute = require('dcp/compute');
  const job = compute.for(['ann', 'bob'], (name) => {
    const { greet } = require('./lib/greeting');
    const { shout } = require('./lib/shout');
    progress();
    return `${greet(name)} ${shout('bye')}`;
  });
  job.requires('./lib/greeting');
  job.requires(['./lib/shout']);
  console.log(Array.from(await job.exec()));
}

require('dcp-client').init().then(main);
