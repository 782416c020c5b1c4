/** Secrets of a local run: made at its first start, kept in a file that only its owner can read, never printed. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { createKey } from '../api/keys';

export interface LocalSecrets {
  vaultKey: string;
  receiptSecret: string;
  callbackSecret: string;
  codeKey: string;
  apiKey: string;
}

export function localSecrets(file: string): LocalSecrets {
  const kept: Partial<LocalSecrets> = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  // What a file of an earlier version lacks is added; what it has stays.
  const secrets: LocalSecrets = {
    vaultKey: kept.vaultKey ?? randomBytes(32).toString('hex'),
    receiptSecret: kept.receiptSecret ?? randomBytes(24).toString('hex'),
    callbackSecret: kept.callbackSecret ?? randomBytes(32).toString('hex'),
    codeKey: kept.codeKey ?? randomBytes(32).toString('hex'),
    apiKey: kept.apiKey ?? createKey().key,
  };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  return secrets;
}
