/** After an upgrade, identities from before versions move to the keys of their persons, so many at a time. */
import type { Pool } from 'pg';
import { moveOldIdentities } from './db/statements/identities';
import { inTransaction } from './db/transaction';
import type { Vault } from './db/vault';
import { keepDoing } from './keepDoing';

/** Real time. 100 people in 2 seconds are 180,000 an hour; a transaction holds their rows for some 50 ms. */
const MOVE_EVERY_MS = 2_000;
const PEOPLE_AT_ONCE = 100;

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
