/** What a command wrote reaches its reader, however slowly that one reads. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const ROOT = resolve(__dirname, '../..');
/** Quoted: the project may lie in a path with blanks. */
const QUOTE = `'${process.execPath}' '${join(ROOT, 'dist/cli/origination/quote.js')}'`;
/** Above the 65,536 bytes that a pipe holds. */
const LONG = 'cash-loan --principal 10000.00 --daily-rate 0.0003 --start 2026-01-15 --months 360 --method level --json';
/** Reads when everything has been written that a pipe can hold. */
const SLOWLY = `'${process.execPath}' -e "setTimeout(() => process.stdin.pipe(process.stdout), 700)"`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'creditloom-output-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A line of a shell, with the exit codes of the commands of its pipe. */
async function shell(line: string): Promise<{ codes: number[]; stdout: string; stderr: string }> {
  const child = spawn('bash', ['-c', `${line}; echo "\${PIPESTATUS[@]}" >'${join(folder, 'codes')}'`]);
  const [stdout, stderr] = await Promise.all([textOf(child.stdout), textOf(child.stderr), ended(child)]);
  const codes = readFileSync(join(folder, 'codes'), 'utf8').trim().split(' ').map(Number);
  return { codes, stdout, stderr };
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((done) => child.once('close', () => done()));
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of stream.setEncoding('utf8')) text += String(chunk);
  return text;
}

describe('a command and its reader', () => {
  it('a quote longer than a pipe holds arrives whole', async () => {
    const { codes, stdout } = await shell(`${QUOTE} ${LONG} | ${SLOWLY}`);
    expect(codes).toEqual([0, 0]);
    expect(stdout.length).toBeGreaterThan(65_536);
    expect(JSON.parse(stdout).instalments).toHaveLength(360);
  });

  it('so does what is said of a long refusal', async () => {
    const name = 'x'.repeat(100_000);
    const derive = `'${process.execPath}' '${join(ROOT, 'dist/cli/credit/account.js')}' derive --as-of 2026-01-01 --${name} 1`;
    const { codes, stdout } = await shell(`${derive} 2>&1 | ${SLOWLY}`);
    expect(codes).toEqual([2, 0]);
    expect(stdout).toMatch(/^--x+ is not known here; there are .*\n$/);
  });

  it('a reader that goes early is no fault', async () => {
    const { codes, stderr } = await shell(`${QUOTE} ${LONG} | head -c 5 >/dev/null`);
    expect({ codes, stderr }).toEqual({ codes: [0, 0], stderr: '' });
  });

  it('an output that cannot be written is told, and no success', async () => {
    const file = join(folder, 'read-only');
    writeFileSync(file, '');
    const { codes, stderr } = await shell(`${QUOTE} ${LONG} 1<'${file}'`);
    expect({ codes, stderr }).toEqual({ codes: [1], stderr: 'the output could not be written: EBADF\n' });
  });
});
