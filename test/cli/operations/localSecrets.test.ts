/** Secrets of a local run: made once, kept for their owner only, added to when a version needs another one. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { localSecrets } from '../../../src/cli/operations/localSecrets';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'creditloom-secrets-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('are random, and the same at every later start', () => {
  const file = join(folder, 'run', 'secrets.json');
  const made = localSecrets(file);
  expect(localSecrets(file)).toEqual(made);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(localSecrets(join(folder, 'other.json')).codeKey).not.toBe(made.codeKey);
  for (const key of [made.vaultKey, made.codeKey, made.booksKey]) expect(key).toMatch(/^[0-9a-f]{64}$/);
});

it('of an earlier version stay, and get what they lack', () => {
  const file = join(folder, 'secrets.json');
  const before = { vaultKey: 'ab'.repeat(32), receiptSecret: 'not-a-real-secret', apiKey: 'clk_not-a-real-key' };
  writeFileSync(file, JSON.stringify(before));
  const { codeKey, callbackSecret, actorSecret, booksKey, databasePassword, apiDatabasePassword, ...rest } =
    localSecrets(file);
  expect(rest).toEqual(before);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
    ...before,
    codeKey,
    callbackSecret,
    actorSecret,
    booksKey,
    databasePassword,
    apiDatabasePassword,
  });
});
