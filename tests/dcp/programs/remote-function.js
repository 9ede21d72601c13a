// Feature: the work function at a URL
'use strict';

const http = require('http');

async function main() {
  const compute = require('dcp/compute');
  const server = http.createServer((_request, response) => {
    response.setHeader('Content-Type', 'application/javascript');
    response.end('(datum, plus) => { progress(1); return datum * 3 + plus; }');
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const job = compute.for([1, 2, 3], new URL(`http://127.0.0.1:${server.address().port}/work.js`), [0.5]);
  console.log(Array.from(await job.exec()));
  server.close();
  server.closeAllConnections();
}

require('dcp-client').init().then(main);
