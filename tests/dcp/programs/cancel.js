// Feature: job.cancel(reason) and compute.cancel(job, keystore) reject exec and fire cancel
'use strict';

const endless = () => {
  for (let until = 0; until < 1e12; until++) if (until % 1e7 === 0) progress();
};

async function main() {
  const compute = require('dcp/compute');
  const wallet = require('dcp/wallet');

  const first = compute.for(1, 3, endless);
  first.on('accepted', () => { setTimeout(() => first.cancel('changed my mind'), 1000); });
  first.on('cancel', (event) => console.log('cancel event', event.runStatus));
  await first.exec().catch((error) => console.log('rejected:', error.message));

  const second = compute.for(1, 3, endless);
  second.on('accepted', () => {
    setTimeout(async () => compute.cancel(second, await wallet.get(), 'by its handle'), 1000);
  });
  await second.exec().catch((error) => console.log('rejected:', error.message));
}

require('dcp-client').init().then(main);
