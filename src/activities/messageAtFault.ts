/** Steps that take one message: what is wrong with the message is its sender's to hear, and stops nothing else. */

import { ApplicationFailure } from '@temporalio/common';
import type { Pool } from 'pg';
import { isPassing, tryApart } from '../db/faults';
import { checkConstraintsNow } from '../db/operations/session';
import { type Client, inTransaction } from '../db/transaction';

interface Deed<Result> {
  /** The step with the message. */
  take(client: Client): Promise<Result>;
  /** The step without it, in the same transaction: keeps the message, and answers who sent it. */
  refuse(client: Client, fault: unknown): Promise<Result>;
}

/** In one transaction; where it fails by what no second try mends, once more with the message apart. */
export async function takeOrRefuse<Result>(pool: Pool, { take, refuse }: Deed<Result>): Promise<Result> {
  try {
    return await inTransaction(pool, take);
  } catch (fault) {
    if (isPassing(fault) || fault instanceof ApplicationFailure) throw fault;
    return inTransaction(pool, async (client) => {
      const tried = await tryApart(client, async () => {
        const result = await take(client);
        await checkConstraintsNow(client);
        return result;
      });
      return 'result' in tried ? tried.result : refuse(client, tried.fault);
    });
  }
}
