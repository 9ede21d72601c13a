// Measures one job: node throughput.js exec|localExec SLICES SLICE_MS SECONDS_MAX
// Prints a line of JSON: slices that came, and the seconds from the call to the last of them.
'use strict';

const [how, slices, sliceMs, secondsMax] = process.argv.slice(2).map((each, i) => (i ? Number(each) : each));

async function main() {
  const compute = require('dcp/compute');
  // localExec of dcp-client 5.6.1 throws "cannot get identity with no session" without this.
  if (how === 'localExec') await require('dcp/identity').login();
  const work = (_x, ms) => {
    progress();
    let sum = 0;
    // A busy loop by iterations, for a slice on the mesh sees no real clock: measured once at the beginning.
    for (let i = 0; i < ms; i++) sum = (sum * 31 + i) % 1000003;
    return sum;
  };
  const job = compute.for(1, slices, work, [iterations(sliceMs)]);
  let came = 0;
  let last = 0;
  const began = performance.now();
  job.on('result', () => { came++; last = performance.now(); });
  let why = 'the client ended itself';
  const end = (reason) => { why = reason; process.exit(); };
  // Also when the client ends the process by an error of its own.
  process.on('exit', () => console.log(JSON.stringify({ how, slices, came, seconds: (last - began) / 1000, why })));
  setTimeout(() => end('time is up'), secondsMax * 1000);
  try {
    // 5.6.1 gives its second sandbox its code twice, which ends the process with a SyntaxError. One core usually means
    // one sandbox.
    await (how === 'localExec' ? job.localExec(1) : job.exec());
    end('complete');
  } catch (error) {
    end(`${error.code}: ${error.message}`);
  }
}

function iterations(ms) {
  if (!ms) return 0;
  const count = 3e7;
  const began = process.cpuUsage().user;
  let sum = 0;
  for (let i = 0; i < count; i++) sum = (sum * 31 + i) % 1000003;
  const passed = (process.cpuUsage().user - began) / 1000;
  return sum < 0 ? 0 : Math.round((count * ms) / passed);
}

require('dcp-client').init().then(main);
