// Feature: console events: all levels and kinds of values, with the number of their slice
'use strict';

async function main() {
  const compute = require('dcp/compute');
  const job = compute.for(1, 2, (x) => {
    progress();
    console.log('log', x, { a: [1, undefined] }, null);
    console.debug('debug');
    console.info('info', NaN, 2n ** 64n);
    console.warn('warn', new Map([[1, 2]]));
    console.error('error', 'ö🦉');
    return x;
  });
  const lines = { 1: [], 2: [] };
  job.on('console', (event) => {
    const shown = event.message.map((each) => {
      if (typeof each === 'bigint') return `${each}n`;
      return Object.prototype.toString.call(each) === '[object Map]' ? `Map ${each.size}` : JSON.stringify(each) ?? 'undefined';
    });
    lines[event.sliceNumber].push(`${event.job === job.id} ${event.level}: ${shown.join(' ')}${'same' in event ? ' same' : ''}`);
  });
  await job.exec();
  await new Promise((resolve) => { setTimeout(resolve, 500); });
  for (const number of [1, 2]) for (const line of lines[number]) console.log(number, line);
}

require('dcp-client').init().then(main);
