/** The `sandbox` rail's table behind the interface that it asks for: the rails do not know the database. */
import type { Pool } from 'pg';
import type { SandboxRailStore } from '../../adapters/rails/sandboxRail';
import {
  countSandboxDebits,
  insertSandboxDebit,
  lockSandboxMandate,
  readSandboxDebit,
  repeatSandboxDebit,
} from '../../db/debits/sandboxDebits';
import { inTransaction } from '../../db/transaction';

export function createSandboxRailStore(pool: Pool, tenantId: string): SandboxRailStore {
  return {
    take: (request, judge) =>
      inTransaction(pool, async (client) => {
        const debit = { tenantId, ...request };
        await lockSandboxMandate(client, debit);
        // Of a repeat the verdict is not used: what was kept first stands.
        const verdict = judge(await countSandboxDebits(client, debit));
        if (!(await insertSandboxDebit(client, debit, verdict))) await repeatSandboxDebit(client, debit);
        const kept = await readSandboxDebit(client, debit);
        if (!kept) throw new Error('a debit of the sandbox was not kept');
        return kept;
      }),
    find: (reference) => readSandboxDebit(pool, { tenantId, reference }),
  };
}
