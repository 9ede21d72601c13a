// Runs JavaScript forms of programs, one after the other, in Node or in a page: what each printed, and how it ended.
"use strict";
/** Run the text of one form; gives output as bytes in Latin-1. */
function runForm(text, args, memoryBytes) {
  const output = { 1: "", 2: "" };
  const write = (fd, bytes) => {
    for (let start = 0; start < bytes.length; start += 4096) {
      output[fd] += String.fromCharCode(...bytes.subarray(start, start + 4096));
    }
  };
  const module = { exports: {} };
  let code = -1;
  let trap = null;
  try {
    new Function("module", text)(module);
    code = module.exports.run(args, write, memoryBytes);
  } catch (error) {
    trap = `${error.name}: ${error.message}`;
  }
  const count = module.exports.operations ? module.exports.operations() : null;
  return { stdout: output[1], stderr: output[2], code, trap, operations: count === null ? null : String(count) };
}
if (typeof require !== "undefined" && require.main === module) {
  // Arguments: a JSON file with {args, memoryBytes, files: {name: path beside it}}. Writes one line of JSON for each.
  const fs = require("fs");
  const { args, memoryBytes, files } = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));
  const folder = require("path").dirname(process.argv[2]);
  for (const [name, file] of Object.entries(files)) {
    const outcome = runForm(fs.readFileSync(`${folder}/${file}`, "utf8"), args, memoryBytes);
    fs.writeSync(1, JSON.stringify({ name, ...outcome }) + "\n");
  }
}
