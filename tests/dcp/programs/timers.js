// Feature: setTimeout, setInterval, setImmediate and their clear functions in the work function
'use strict';

async function main() {
  const compute = require('dcp/compute');
  const work = async (x) => {
    progress();
    const order = [];
    setTimeout((name) => order.push(name), 20, 'late');
    setTimeout(() => order.push('early'), 5);
    const never = setTimeout(() => order.push('never'), 1);
    clearTimeout(never);
    await new Promise((resolve) => {
      let ticks = 0;
      const interval = setInterval(() => {
        order.push(`tick ${++ticks}`);
        if (ticks === x) { clearInterval(interval); resolve(); }
      }, 100);
    });
    if (typeof setImmediate === 'function') await new Promise((resolve) => setImmediate(resolve));
    return order.join(', ');
  };
  for (const line of await compute.for(1, 3, work).exec()) console.log(line);
}

require('dcp-client').init().then(main);
