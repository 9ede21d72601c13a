// Feature: several arguments of every kind behind the datum
// The client itself cannot send null as an argument (5.6.1: "Cannot read properties of null (reading 'toJSON')"), and
// turns -0 into 0 on the way.
'use strict';

async function main() {
  const compute = require('dcp/compute');
  const work = (datum, ...rest) => {
    progress();
    const kind = (value) => Object.prototype.toString.call(value).slice(8, -1);
    return `${datum}: ${rest.map((each) => `${kind(each)} ${each instanceof Map ? each.size : JSON.stringify(each)}`).join('; ')}`;
  };
  const job = compute.for(['a', 'b'], work, [
    1.5, 'two', true, undefined, [1, [2, null]], { deep: { er: [4] } }, new Uint8Array([5, 6]), NaN, new Map([[1, 2]]), '',
  ]);
  for (const line of await job.exec()) console.log(line);

  const none = compute.for([1], function () { progress(); return arguments.length; });
  console.log(Array.from(await none.exec()));
}

require('dcp-client').init().then(main);
