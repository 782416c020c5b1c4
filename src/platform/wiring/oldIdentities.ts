/** After an upgrade, identities from before versions move to the keys of their persons, so many at a time. */
import type { Pool } from 'pg';
import { moveOldIdentities } from '../../db/origination/identities';
import { inTransaction } from '../../db/transaction';
import type { Vault } from '../../db/vault';
import { keepDoing } from '../keepDoing';

/**
 * Real time. 10 people in half a second are 72,000 an hour. Each takes some 15 ms on a busy machine of two cores; notices
 * to the ten wait for all of them.
 */
const MOVE_EVERY_MS = 500;
const PEOPLE_AT_ONCE = 10;

/** Works until none is left; what is touched meanwhile is moved by whoever touches it. */
export function keepMovingIdentities(
  pool: Pool,
  vault: Vault,
  { tenantId, everyMs = MOVE_EVERY_MS }: { tenantId: string; everyMs?: number },
  onError: (error: unknown) => void,
): { stop(): Promise<void> } {
  let isDone = false;
  const moveSome = async () => {
    if (isDone) return;
    const batch = { tenantId, limit: PEOPLE_AT_ONCE };
    isDone = (await inTransaction(pool, (client) => moveOldIdentities(client, vault, batch))) === 0;
  };
  return keepDoing(moveSome, everyMs, onError);
}
