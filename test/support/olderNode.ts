/**
 * Makes the Node of this run too old for a small project, and a small registry that has the one it then wants: a script
 * that says it is that version and runs this one.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What the project wants, and what is brought. */
export const WANTED = '1000.2.0';
export const BROUGHT = '1000.4.1';
const PACKAGE = 'node-of-a-test';

/** An executable that says it is a Node of that version. */
export function writeNode(file: string, version: string): void {
  const run = `if [ "$1" = -p ]; then echo ${version}; else exec '${process.execPath}' "$@"; fi`;
  writeFileSync(file, `#!/bin/sh\n${run}\n`, { mode: 0o755 });
}

export function wantNewerNode(project: string): void {
  const file = join(project, 'package.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/"node": ">=[^"]*"/, `"node": ">=${WANTED}"`));
}

/** The pin of scripts/node.json, for this platform or none. */
export function pinNode(project: string, integrity: string, platform = `${process.platform}-${process.arch}`): void {
  const pins = { [platform]: { package: PACKAGE, version: BROUGHT, integrity } };
  writeFileSync(join(project, 'scripts', 'node.json'), JSON.stringify(pins));
}

export interface SmallRegistry {
  /** What npm is told, with a cache of its own. */
  env: Record<string, string>;
  /** Of the package. */
  integrity: string;
  /** Paths that were asked for. */
  asked: string[];
  close: () => Promise<void>;
}

export async function startRegistry(): Promise<SmallRegistry> {
  const folder = mkdtempSync(join(tmpdir(), 'creditloom-registry-'));
  const packed = packNode(folder);
  const integrity = `sha512-${createHash('sha512').update(packed).digest('base64')}`;
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (request.url?.endsWith('.tgz')) return void response.end(packed);
    const dist = { tarball: `${url()}${PACKAGE}/-/${PACKAGE}-${BROUGHT}.tgz`, integrity };
    const versions = { [BROUGHT]: { name: PACKAGE, version: BROUGHT, dist } };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ name: PACKAGE, 'dist-tags': { latest: BROUGHT }, versions }));
  });
  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    env: { npm_config_registry: url(), npm_config_cache: join(folder, 'cache'), npm_config_fetch_retries: '0' },
    integrity,
    asked,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function packNode(folder: string): Buffer {
  const content = join(folder, 'package');
  mkdirSync(join(content, 'bin'), { recursive: true });
  writeFileSync(join(content, 'package.json'), JSON.stringify({ name: PACKAGE, version: BROUGHT }));
  writeNode(join(content, 'bin', 'node'), BROUGHT);
  execFileSync('tar', ['-czf', join(folder, 'package.tgz'), '-C', folder, 'package']);
  return readFileSync(join(folder, 'package.tgz'));
}
