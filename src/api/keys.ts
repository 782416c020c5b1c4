/** API keys: made here, shown once, and kept as a hash only. */
import { createHash, randomBytes } from 'node:crypto';

/** Tells a key from other secrets in a leak scan. */
const PREFIX = 'clk_';
const KEY_BYTES = 32;

export interface NewKey {
  /** For the caller, once. */
  key: string;
  /** For the database. */
  keyHash: string;
}

export function createKey(): NewKey {
  const key = PREFIX + randomBytes(KEY_BYTES).toString('base64url');
  return { key, keyHash: hashKey(key) };
}

/** SHA-256 in hex. A fast hash is enough: a key has 256 random bits, so there is nothing to guess. */
export function hashKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
