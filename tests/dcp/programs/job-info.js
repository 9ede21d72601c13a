// Feature: job.getJobInfo and compute.getJobInfo
'use strict';

async function main() {
  const compute = require('dcp/compute');
  const job = compute.for(1, 3, (x) => { progress(); return x; });
  job.public.name = 'known by name';
  await job.exec();
  const info = await job.getJobInfo();
  console.log(JSON.stringify(info).includes(job.id), JSON.stringify(info).includes('known by name'));
  const unknown = await compute.getJobInfo('NoSuchJobNoSuchJobNo22');
  console.log(unknown.error);
}

require('dcp-client').init().then(main);
