// Feature: data that cannot be fetched end the job with an error, they do not hang it
'use strict';

const http = require('http');

async function main() {
  const compute = require('dcp/compute');
  const server = http.createServer((_request, response) => { response.statusCode = 404; response.end('nothing here'); });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const job = compute.for([new URL(`http://127.0.0.1:${server.address().port}/none.json`)], (x) => { progress(); return x; });
  await job.exec().then(() => console.log('completed'), (error) => console.log('ended', error instanceof Error));
  server.close();
  server.closeAllConnections();
}

require('dcp-client').init().then(main);
