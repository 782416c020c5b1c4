/** What must hold of every database after every test: the books balance, and projections are what postings sum to. */
import { expect } from '@jest/globals';
import type { Pool } from 'pg';
import { readAccount } from '../../src/db/credit/accounts';
import { readBills } from '../../src/db/credit/bills';
import { readFacts } from '../../src/db/credit/facts';
import { listAccountIds } from '../../src/db/credit/runChecks';
import { readBalances, readTrialBalance, readUnbalancedEntries } from '../../src/db/ledger/journal';
import { readDoubleSends } from '../../src/db/messaging/delivery/sink';
import { createPolicyReader } from '../../src/db/policy/policyReader';
import { inTransaction } from '../../src/db/transaction';
import { deriveAccount } from '../../src/domain/credit/derive';
import { balancesOf } from '../../src/domain/ledger/journal';

export async function expectSoundBooks(pool: Pool, tenantId: string): Promise<void> {
  const trial = await readTrialBalance(pool, { tenantId });
  expect(trial.differences).toEqual([]);
  expect(trial.totalFen).toBe(0);
  expect(await readUnbalancedEntries(pool, { tenantId })).toEqual([]);
  expect(await readDoubleSends(pool, { tenantId })).toEqual([]);
  const policies = createPolicyReader();
  for (const accountId of await listAccountIds(pool, { tenantId })) {
    await inTransaction(pool, async (client) => {
      const account = await readAccount(client, { tenantId, accountId });
      if (!account?.asOf) return;
      const policy = await policies.version(client, tenantId, account.policyVersion);
      const facts = await readFacts(client, { tenantId, accountId });
      const issued = await readBills(client, { tenantId, accountId });
      const derived = deriveAccount({ terms: account.terms, facts, issued }, policy, account.asOf);
      const booked = await readBalances(client, { tenantId, accountId });
      const nonZero = (balances: Partial<Record<string, number>>) =>
        Object.fromEntries(Object.entries(balances).filter(([, amountFen]) => amountFen !== 0));
      expect({ accountId, balances: nonZero(booked) }).toEqual({
        accountId,
        balances: nonZero(balancesOf(derived.entries)),
      });
    });
  }
}
