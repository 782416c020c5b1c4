/** API keys: made here, shown once, and kept as a hash only; each is bound to the person or system that acts by it. */
import { createHash, randomBytes } from 'node:crypto';
import type { NewKey } from '../../activities/operations/apiKeys';

/** Tells a key from other secrets in a leak scan. */
const PREFIX = 'clk_';
const KEY_BYTES = 32;

/** How long a key that was rotated works on, so that its holders can change over. */
export const DEFAULT_OVERLAP_HOURS = 24;
export const MAX_OVERLAP_HOURS = 30 * 24;
export const MAX_EXPIRY_DAYS = 3650;
export const LABEL = /^[a-z0-9][a-z0-9-]{0,30}$/;

export function createKey(): NewKey {
  const key = PREFIX + randomBytes(KEY_BYTES).toString('base64url');
  return { key, keyHash: hashKey(key) };
}

/** SHA-256 in hex. A fast hash is enough: a key has 256 random bits, so there is nothing to guess. */
export function hashKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
