// Feature: data and arguments at URLs: RemoteDataSet, array of URLs, RemoteDataPattern, remote argument; JSON, KVIN, text
'use strict';

const http = require('http');
const kvin = require('kvin');

function serve() {
  const server = http.createServer((request, response) => {
    const documents = {
      '/1.json': ['application/json', JSON.stringify({ value: 'foo' })],
      '/2.json': ['application/json', JSON.stringify({ value: 'bär' })],
      '/3.kvin': ['application/x-kvin', kvin.serialize({ value: new Uint8Array([1, 2, 3]) })],
      '/4.txt': ['text/plain', 'plain text'],
      '/factor.json': ['application/json', '"!"'],
    };
    const [type, body] = documents[request.url] ?? ['text/plain', 'not found'];
    response.statusCode = request.url in documents ? 200 : 404;
    response.setHeader('Content-Type', type);
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.end(body);
  });
  return new Promise((resolve) => { server.listen(0, '127.0.0.1', () => resolve(server)); });
}

async function main() {
  const compute = require('dcp/compute');
  const { RemoteDataSet, RemoteDataPattern } = compute;
  const server = await serve();
  const base = `http://127.0.0.1:${server.address().port}`;
  const work = (datum, end = '') => {
    progress();
    const value = datum.value ?? datum;
    return (typeof value === 'string' ? value.toUpperCase() : Array.from(value).join('+')) + end;
  };

  const set = new RemoteDataSet([`${base}/1.json`, `${base}/2.json`, `${base}/3.kvin`, `${base}/4.txt`]);
  console.log(Array.from(await compute.for(set, work).exec()));
  console.log(Array.from(await compute.for([new URL(`${base}/2.json`), new URL(`${base}/1.json`)], work).exec()));
  console.log(Array.from(await compute.for(new RemoteDataPattern(`${base}/{slice}.json`, 2), work).exec()));
  console.log(Array.from(await compute.for(['argument'], work, [new URL(`${base}/factor.json`)]).exec()));
  server.close();
  server.closeAllConnections();
}

require('dcp-client').init().then(main);
