/** Secrets of a local run: made at its first start, kept in a file that only its owner can read, never printed. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { createKey } from '../api/keys';

export interface LocalSecrets {
  vaultKey: string;
  receiptSecret: string;
  apiKey: string;
}

export function localSecrets(file: string): LocalSecrets {
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as LocalSecrets;
  const secrets: LocalSecrets = {
    vaultKey: randomBytes(32).toString('hex'),
    receiptSecret: randomBytes(24).toString('hex'),
    apiKey: createKey().key,
  };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  return secrets;
}
