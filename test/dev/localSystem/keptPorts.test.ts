/** Ports of a local run: the usual ones; others where those are taken, and then the same at every start of the folder. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { keptPorts, type Ports, USUAL_PORTS } from '../../../src/dev/localSystem/keptPorts';
import { freePort } from '../../../src/platform/provision';

let folder: string;
let file: string;
let usual: Ports;
let holders: Server[] = [];
const told: string[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'creditloom-ports-'));
  file = join(folder, 'ports.json');
  usual = { temporalUi: await freePort(), api: await freePort(), temporal: await freePort() };
  told.length = 0;
});
afterEach(async () => {
  for (const holder of holders) await new Promise((done) => holder.close(done));
  holders = [];
  rmSync(folder, { recursive: true });
});

async function hold(port: number): Promise<void> {
  const server = createServer();
  holders.push(server);
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
}

const ports = () => keptPorts(file, (line) => told.push(line), usual);

it('are those that the documents name', () => {
  expect(USUAL_PORTS).toEqual({ temporalUi: 8233, api: 8080, temporal: 7233 });
});

it('are the usual ones where they are free, without a word', async () => {
  expect(await ports()).toEqual(usual);
  expect(told).toEqual([]);
});

it('are others where they are taken, told, and kept for the folder though the usual one is free again', async () => {
  await hold(usual.temporalUi);
  const first = await ports();
  expect(first).toEqual({ ...usual, temporalUi: expect.any(Number) });
  expect(first.temporalUi).not.toBe(usual.temporalUi);
  expect(told).toEqual([
    `port ${usual.temporalUi} is taken: the Web UI is on ${first.temporalUi} instead, also at later starts`,
  ]);
  await new Promise((done) => holders.pop()?.close(done));
  expect(await ports()).toEqual(first);
  expect(told).toHaveLength(1);
});

it('of servers that this start does not run stay as they were kept', async () => {
  await ports();
  expect(await keptPorts(file, (line) => told.push(line), { api: usual.api })).toEqual({ api: usual.api });
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(usual);
});

it('are found anew where the file was cut short', async () => {
  writeFileSync(file, '{"api": 80');
  expect(await ports()).toEqual(usual);
});
