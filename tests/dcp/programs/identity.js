// Feature: an identity and an account made in the program, not in files
'use strict';

async function main() {
  const compute = require('dcp/compute');
  const wallet = require('dcp/wallet');
  wallet.addId(await new wallet.IdKeystore(null, ''));
  wallet.add(await new wallet.BankAccountKeystore(null, ''));
  const job = compute.for([1, 2], (x) => { progress(); return x + 0.25; });
  console.log(Array.from(await job.exec()));
}

require('dcp-client').init().then(main);
