// Feature: strings of every kind, in data, arguments, the work function's source and results
'use strict';

async function main() {
  const compute = require('dcp/compute');
  const texts = [
    'ASCII', '', ' ', 'grüß dich', '日本語', '🦉🌍', 'a\u0000b\u0001\u001f\u007f', '%41%zz%', 'x#y?z&=+;,/:@$!~*\'()',
    '"quoted" \\ back\\slash', 'line\nbreak\r\ttab', '\u2028\u2029', 'e\u0301', 'data:,x', '{"raw":1}',
    'عربي', '\ufeffmark', '\uffff', 'é'.repeat(1000),
  ];
  const work = (text, suffix) => { progress(); return { text, both: text + suffix, units: text.length, owl: '🦉' }; };
  const results = await compute.for(texts, work, ['+ö%']).exec();
  results.forEach((result, i) => {
    const isRight = result.text === texts[i] && result.both === `${texts[i]}+ö%` && result.units === texts[i].length;
    console.log(i, isRight && result.owl === '🦉' ? 'same' : `DIFFERENT: ${JSON.stringify(result)}`);
  });
}

require('dcp-client').init().then(main);
