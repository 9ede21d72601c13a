// Feature: payment offers: market value and its multiples, an amount, setSlicePaymentOffer, a keystore of one's own
'use strict';

async function main() {
  const compute = require('dcp/compute');
  const wallet = require('dcp/wallet');
  const make = () => compute.for([1, 2], (x) => { progress(); return x; });

  console.log(Array.from(await make().exec(compute.marketValue)));
  console.log(Array.from(await make().exec(compute.marketValue(2))));
  console.log(Array.from(await make().exec(1)));

  const offered = make();
  offered.setSlicePaymentOffer(0.5);
  console.log(Array.from(await offered.exec()));

  const own = await new wallet.BankAccountKeystore(null, '');
  console.log(Array.from(await make().exec(compute.marketValue, own)));
}

require('dcp-client').init().then(main);
