/**
 * After an upgrade whose rules give other deadlines, open accounts sleep on those of before. Each worker tells them to
 * look, so many at a time, until all have taken a step by the rules of now.
 */
import type { Pool } from 'pg';
import { lookAgain } from '../../contracts/credit/account';
import type { WorkflowGateway } from '../../contracts/gateway';
import { workflowIdOfAccount } from '../../contracts/workflowTypes';
import { takeAccountsToLook } from '../../db/credit/accountLooks';
import { FOLD_VERSION } from '../../domain/credit/revolving/revolvingStateCache';
import { keepDoing } from '../keepDoing';

/** Real time. 20 accounts in 2 seconds are 36,000 an hour: a step takes some 5 ms of each core. */
const LOOK_EVERY_MS = 2_000;
const ACCOUNTS_AT_ONCE = 20;
/** Who was told and has not looked is told again: its workflow may have waited for a worker. */
const AGAIN_AFTER_MINUTES = 60;

export function keepAccountsLooking(
  pool: Pool,
  gateway: WorkflowGateway,
  { tenantId, everyMs = LOOK_EVERY_MS }: { tenantId: string; everyMs?: number },
  onError: (error: unknown) => void,
): { stop(): Promise<void> } {
  return keepDoing(() => tellSome(pool, gateway, tenantId), everyMs, onError);
}

/** Tells the next accounts. */
export async function tellSome(pool: Pool, gateway: WorkflowGateway, tenantId: string): Promise<void> {
  const query = {
    tenantId,
    foldVersion: FOLD_VERSION,
    limit: ACCOUNTS_AT_ONCE,
    againAfterMinutes: AGAIN_AFTER_MINUTES,
  };
  const accounts = await takeAccountsToLook(pool, query);
  await Promise.all(
    // An account without a workflow sleeps on no deadline; the daily close tells that it is behind.
    accounts.map(({ accountId, product }) =>
      gateway.signal(workflowIdOfAccount(product, { tenantId, accountId }), lookAgain),
    ),
  );
}
