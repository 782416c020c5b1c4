/** After a measurement: what was fast must also be right. */
import type { Pool } from 'pg';
import { readAccount } from '../../db/credit/accounts';
import { readFacts } from '../../db/credit/facts';
import { readTrialBalance, readUnbalancedEntries } from '../../db/ledger/trialBalance';
import { readDoubleSends } from '../../db/messaging/delivery/sink';
import { isBalanced } from '../../domain/ledger/reconciliation';
import type { Run } from './opening';

/** Throws when the books are wrong, a notice went out twice, or a loan is not where its months have brought it. */
export async function checkRun(
  pool: Pool,
  { tenantId, portfolio }: Run,
  { months }: { months: number },
): Promise<void> {
  const trial = await readTrialBalance(pool, { tenantId });
  const unbalanced = await readUnbalancedEntries(pool, { tenantId });
  if (!isBalanced(trial, unbalanced)) {
    throw new Error(`the books of ${tenantId} do not balance: ${JSON.stringify({ trial, unbalanced })}`);
  }
  const twice = await readDoubleSends(pool, { tenantId });
  if (twice.length > 0) throw new Error(`notices were sent twice: ${JSON.stringify(twice)}`);
  for (const { accountId } of portfolio.loans) {
    const account = await readAccount(pool, { tenantId, accountId });
    const facts = await readFacts(pool, { tenantId, accountId });
    const paid = facts.filter(({ kind }) => kind === 'paid').length;
    if (account?.stage !== 'current' || paid !== months) {
      throw new Error(`${accountId} is ${account?.stage} with ${paid} payments, not current with ${months}`);
    }
  }
}
