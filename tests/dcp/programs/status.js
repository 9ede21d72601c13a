// Feature: compute.status of one job and of all, job.status
'use strict';

async function main() {
  const compute = require('dcp/compute');
  const job = compute.for(1, 3, (x) => { progress(); return x; });
  job.on('status', () => {});
  await job.exec();
  const one = await compute.status(job);
  const same = await compute.status(job.id);
  const since = await compute.status({ startTime: new Date(Date.now() - 600000) });
  const finished = await compute.status({ startTime: Date.now() - 600000, statuses: ['finished'] });
  const running = await compute.status({ startTime: Date.now() - 600000, statuses: ['running'] });
  const names = (record) => JSON.stringify(record).includes(job.id);
  console.log(names(one), names(same), Array.isArray(since) && since.some(names), finished.some(names), running.some(names));
  console.log(JSON.stringify(one).includes('finished'));
  try {
    await compute.status({ startTime: 'yesterday' });
  } catch (error) {
    console.log(error.name);
  }
  try {
    await compute.status({ statuses: ['asleep'] });
  } catch (error) {
    console.log(error.name);
  }
}

require('dcp-client').init().then(main);
