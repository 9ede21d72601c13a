// Feature: several jobs at once in one process
'use strict';

async function main() {
  const compute = require('dcp/compute');
  const jobs = [1, 2, 3].map((factor) => compute.for(1, 6, (x, by) => {
    progress();
    console.log(x);
    return x * by;
  }, [factor]));
  const consoles = jobs.map((job) => {
    const seen = [];
    job.on('console', (event) => { if (event.job === job.id) seen.push(event.sliceNumber); });
    return seen;
  });
  const all = await Promise.all(jobs.map((job) => job.exec()));
  for (const results of all) console.log(JSON.stringify(Array.from(results)));
  await new Promise((resolve) => { setTimeout(resolve, 500); });
  for (const seen of consoles) console.log(seen.sort().join(' '));
}

require('dcp-client').init().then(main);
