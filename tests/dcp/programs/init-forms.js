// Feature: initSync, and a scheduler given to the call instead of the environment
'use strict';

const location = process.env.DCP_SCHEDULER_LOCATION;
delete process.env.DCP_SCHEDULER_LOCATION;

require('dcp-client').initSync({ scheduler: { location: new URL(location) } });
const compute = require('dcp/compute');

compute.for(1, 2, (x) => { progress(); return -x; }).exec().then((results) => console.log(Array.from(results)));
