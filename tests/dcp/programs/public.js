// Feature: job.public: name, description and link in the client and in the work function
'use strict';

async function main() {
  const compute = require('dcp/compute');
  const show = () => { progress(); const { name, description, link } = work.job.public; return [name, description, link].join(' | '); };
  const job = compute.do(show);
  job.public.name = 'Count owls 🦉';
  job.public.description = 'Counts "owls" in a forest';
  job.public.link = 'http://127.0.0.1/owls';
  console.log((await job.exec())[0]);

  const plain = compute.do(show);
  console.log((await plain.exec())[0].replace(plain.id.slice(-6), '…'));
}

require('dcp-client').init().then(main);
