#!/usr/bin/env node
// npm's solc with the command line of the native compiler, as far as py-solc-x uses it:
// `--version`, and `--standard-json` from stdin to stdout. Imports are never read from disk.
"use strict";

const fs = require("node:fs");

// The WebAssembly build notes on stdout that it has no SMT solver; stdout must stay JSON.
const write = process.stdout.write.bind(process.stdout);
process.stdout.write = () => true;
const solc = require("solc");

if (process.argv.includes("--version")) {
  write(`solc, the solidity compiler commandline interface\nVersion: ${solc.version()}\n`);
} else if (process.argv.includes("--standard-json")) {
  write(solc.compile(fs.readFileSync(0, "utf8")));
} else {
  process.stderr.write("usage: solc.cjs --version | --standard-json < input.json\n");
  process.exitCode = 2;
}
