// Feature: settings of the estimation, worker console and requirements: they change nothing in the results
'use strict';

async function main() {
  const compute = require('dcp/compute');
  const make = () => compute.for([1, 2, 3], (x) => { progress(); return x; });
  const some = make();
  some.estimationSlices = 2;
  some.greedyEstimation = true;
  const endless = make();
  endless.estimationSlices = Infinity;
  const picky = make();
  picky.requirements = { engine: { v8: true }, environment: { fdlibm: true }, discrete: true };
  picky.workerConsole = true;
  const tuned = make();
  tuned.tuning.kvin.size = true;
  for (const job of [some, endless, picky, tuned]) console.log(Array.from(await job.exec()));
}

require('dcp-client').init().then(main);
