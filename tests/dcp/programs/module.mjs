// Feature: a program that is an ES module
import { init } from 'dcp-client';

const { compute } = await init();
const job = compute.for(1, 3, (x) => { progress(); return x / 4; });
console.log(Array.from(await job.exec()));
