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
  let operations = null;
  try {
    new Function("module", text)(module);
    code = module.exports.run(args, write, memoryBytes);
  } catch (error) {
    trap = `${error.name}: ${error.message}`;
  }
  if (module.exports.operations) operations = String(module.exports.operations());
  return { stdout: output[1], stderr: output[2], code, trap, operations };
}
if (typeof require !== "undefined" && require.main === module) {
  // Arguments: a JSON file with {args, memoryBytes, files: {name: path}}. Writes one line of JSON for each.
  const fs = require("fs");
  const { args, memoryBytes, files } = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));
  for (const [name, path] of Object.entries(files)) {
    const outcome = runForm(fs.readFileSync(path, "utf8"), args, memoryBytes);
    fs.writeSync(1, JSON.stringify({ name, ...outcome }) + "\n");
  }
}
