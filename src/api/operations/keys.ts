/** API keys: made here, shown once, and kept as a hash only; each is bound to the person or system that acts by it. */
import { createHash, randomBytes } from 'node:crypto';
import { endApiKey, insertApiKey, type ListedApiKey, lockApiKey, type NewApiKey } from '../../db/operations/apiKeys';
import type { Client } from '../../db/transaction';
import { HOUR_MS } from '../../domain/values/timeUnits';

/** Tells a key from other secrets in a leak scan. */
const PREFIX = 'clk_';
const KEY_BYTES = 32;

/** How long a key that was rotated works on, so that its holders can change over. */
export const DEFAULT_OVERLAP_HOURS = 24;
export const MAX_OVERLAP_HOURS = 30 * 24;
export const MAX_EXPIRY_DAYS = 3650;
export const LABEL = /^[a-z0-9][a-z0-9-]{0,30}$/;

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

/** A label from before may have blanks; an id stands in paths. */
export function keyIdOf(label: string, hash: string): string {
  return `${label.replace(/[^A-Za-z0-9._-]+/g, '-')}-${hash.slice(0, 8)}`;
}

export type MadeKey = Omit<NewApiKey, 'keyHash'> & { key: string };

/** Makes a key and keeps its hash. `keyId`: a short public name for logs and for revoking it; one is made when absent. */
export async function makeKey(
  client: Client,
  asked: Omit<NewApiKey, 'keyHash' | 'keyId'> & { keyId?: string },
): Promise<MadeKey | 'known'> {
  const { key, keyHash } = createKey();
  // Part of the hash says nothing about the key.
  const row = { ...asked, keyId: asked.keyId ?? keyIdOf(asked.label, keyHash) };
  return (await insertApiKey(client, { ...row, keyHash })) ? { ...row, key } : 'known';
}

export interface Rotation {
  tenantId: string;
  keyId: string;
  overlapHours: number;
  /** Real time. */
  nowMs: number;
  /** Id of the successor; absent: one is made. */
  successorId?: string;
  by?: string | undefined;
}

export type RotationRefusal = 'unknown' | 'ended' | 'rotated' | 'known';

/** Makes the successor of a key, for the same principal and scopes; the old one ends after the overlap. */
export async function rotateKey(client: Client, asked: Rotation): Promise<MadeKey | RotationRefusal> {
  const { tenantId, keyId, overlapHours, nowMs, successorId, by } = asked;
  const old = await lockApiKey(client, { tenantId, keyId });
  const refused = refusalOfRotation(old, nowMs);
  if (refused !== undefined || !old) return refused ?? 'unknown';
  const { label, principal, scopes, expiresAtMs, createdAtMs } = old;
  // As long as the old one was to last.
  const lasts = expiresAtMs === null ? null : nowMs + (expiresAtMs - createdAtMs);
  const made = await makeKey(client, {
    tenantId,
    label,
    principal,
    scopes,
    expiresAtMs: lasts,
    createdBy: by,
    ...(successorId === undefined ? {} : { keyId: successorId }),
  });
  if (made === 'known') return made;
  await endApiKey(client, { tenantId, keyId, successorId: made.keyId, endsAtMs: nowMs + overlapHours * HOUR_MS });
  return made;
}

function refusalOfRotation(old: ListedApiKey | undefined, nowMs: number): RotationRefusal | undefined {
  if (!old) return 'unknown';
  if (old.revokedAtMs !== null || (old.expiresAtMs !== null && old.expiresAtMs <= nowMs)) return 'ended';
  return old.successorId === null ? undefined : 'rotated';
}
