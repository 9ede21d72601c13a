// Feature: private compute groups are refused, the job is cancelled
// The client hides the server's message (5.6.1 reports its own, DCPL-1100); the server's is seen in the stop event.
'use strict';

async function main() {
  const compute = require('dcp/compute');
  const job = compute.for([1], (x) => { progress(); return x; });
  job.computeGroups = [{ joinKey: 'secret-owls', joinSecret: 'hoot' }];
  await job.exec().then(() => console.log('completed'), (error) => console.log(error.code, error.message.includes('compute groups')));

  const named = compute.for([1, 2], (x) => { progress(); return x; });
  named.computeGroups = [compute.getPublicComputeGroupDescriptor()];
  console.log(Array.from(await named.exec()));

  const wrong = compute.for([1], (x) => { progress(); return x; });
  wrong.computeGroups = { joinKey: 'public' };
  await wrong.exec().then(() => console.log('completed'), (error) => console.log(error.code));
  process.exit();
}

require('dcp-client').init().then(main);
