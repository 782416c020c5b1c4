#!/usr/bin/env node
// The entry of every command. Where this Node is too old it goes on with one that is new enough (newerNode.mjs); so it
// is written for any Node that knows modules, and what needs a newer one comes after the check.
import { readFileSync } from 'node:fs';
import { isAtLeast, runOnNewerNode } from './newerNode.mjs';

const root = new URL('../', import.meta.url);
const wanted = /[0-9.]+/.exec(JSON.parse(readFileSync(new URL('package.json', root), 'utf8')).engines.node)[0];

if (isAtLeast(process.versions.node, wanted)) void import('./run.mjs');
else void runOnNewerNode(wanted);
