#!/usr/bin/env node
// The entry of every command. It says in one line that this Node is too old, before anything is installed or built;
// so it is written for any Node that knows modules, and what needs a newer one comes after the check.
import { readFileSync } from 'node:fs';

const root = new URL('../', import.meta.url);
const wanted = /[0-9.]+/.exec(JSON.parse(readFileSync(new URL('package.json', root), 'utf8')).engines.node)[0];

/** Whether one version is at least another, part by part. */
function isAtLeast(version, least) {
  const [have, want] = [version, least].map((text) => text.split('.').map(Number));
  const at = want.findIndex((part, index) => have[index] !== part);
  return at === -1 || have[at] > want[at];
}

if (isAtLeast(process.versions.node, wanted)) {
  void import('./run.mjs');
} else {
  const told = `this is Node ${process.versions.node}, and creditloom needs Node ${wanted} or newer: install one`;
  process.stderr.write(`${told} (https://nodejs.org), or put it first on PATH\n`);
  process.exitCode = 1;
}
