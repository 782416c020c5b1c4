/** API keys in the books: made and given a successor. What is secret of them comes in, and its hash is kept. */
import { endApiKey, insertApiKey, type ListedApiKey, lockApiKey, type NewApiKey } from '../../db/operations/apiKeys';
import type { Client } from '../../db/transaction';
import { HOUR_MS } from '../../domain/values/timeUnits';

export interface NewKey {
  /** For the caller, once. */
  key: string;
  /** For the database. */
  keyHash: string;
}

/** A label from before may have blanks; an id stands in paths. */
export function keyIdOf(label: string, hash: string): string {
  return `${label.replace(/[^A-Za-z0-9._-]+/g, '-')}-${hash.slice(0, 8)}`;
}

export type MadeKey = Omit<NewApiKey, 'keyHash'> & { key: string };

/** Keeps the hash of a key that was made. `keyId`: a short public name for logs and for revoking it; one is made when absent. */
export async function makeKey(
  client: Client,
  { key, keyHash }: NewKey,
  asked: Omit<NewApiKey, 'keyHash' | 'keyId'> & { keyId?: string },
): Promise<MadeKey | 'known'> {
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
export async function rotateKey(client: Client, next: NewKey, asked: Rotation): Promise<MadeKey | RotationRefusal> {
  const { tenantId, keyId, overlapHours, nowMs, successorId, by } = asked;
  const old = await lockApiKey(client, { tenantId, keyId });
  const refused = refusalOfRotation(old, nowMs);
  if (refused !== undefined || !old) return refused ?? 'unknown';
  const { label, principal, scopes, expiresAtMs, createdAtMs } = old;
  // As long as the old one was to last.
  const lasts = expiresAtMs === null ? null : nowMs + (expiresAtMs - createdAtMs);
  const made = await makeKey(client, next, {
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
