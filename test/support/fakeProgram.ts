/** A program that stands for one that is not there: an executable shell script. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Writes it, with the folders that lead there, and gives its path. */
export function writeFakeProgram(file: string, script = 'exit 0'): string {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}
