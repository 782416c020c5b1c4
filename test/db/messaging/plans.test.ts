import { expect, test } from '@jest/globals';
import { readAccount } from '../../../src/db/credit/accounts';
import { cancelPlanned, planNotices } from '../../../src/db/messaging/outbox/notices';
import { ensureTenant } from '../../../src/db/operations/tenants';
import { insertPolicy, readPolicy } from '../../../src/db/policy/policies';
import { type Client, inTransaction } from '../../../src/db/transaction';
import type { PlannedNotice } from '../../../src/domain/messaging/outbox/notices';
import { DAY_MS, LANE, NOW_MS, openAccount, POLICY_VERSION, TENANT, useDatabase } from '../testDatabase';

const database = useDatabase();
/** By then PostgreSQL has chosen how it plans from now on. */
const EXECUTIONS = 12;
const NEWCOMER = 'newcomer';
const NOTICES_OF_AN_ACCOUNT = 4;

test('a statement is planned once, whatever the tenant it is about', async () => {
  await inTransaction(database.pool, async (client) => {
    const account = await openAccount(client, 'planned-once');
    for (let execution = 0; execution < EXECUTIONS; execution += 1) await readAccount(client, account);
    const { rows } = await client.query<{ generic: number; custom: number }>(
      `select generic_plans as generic, custom_plans as custom from pg_prepared_statements
        where statement like '%from credit_account where tenant_id = $1 and account_id = $2%'`,
    );
    expect(rows).toEqual([{ generic: EXECUTIONS, custom: 0 }]);
  });
});

test('notices of a tenant that the statistics do not know are found by their account', async () => {
  await inTransaction(database.pool, (client) => openAccounts(client, TENANT, 200));
  // Of a tenant that comes later PostgreSQL learns nothing before a tenth of the table has changed.
  await database.owner.query('analyze');
  await inTransaction(database.owner, async (client) => {
    const policy = await readPolicy(client, { tenantId: TENANT, version: POLICY_VERSION });
    if (!policy) throw new Error('the tenant of the tests has its policy');
    await ensureTenant(client, { tenantId: NEWCOMER, name: 'A new lender' });
    await insertPolicy(client, { tenantId: NEWCOMER, policy });
    await openAccounts(client, NEWCOMER, 20);
  });
  await inTransaction(database.pool, async (client) => {
    const before = await noticesRead(client);
    const account = { tenantId: NEWCOMER, accountId: `${NEWCOMER}-7` };
    const cancelled = await cancelPlanned(client, { ...account, reason: 'settled', atMs: NOW_MS });
    expect(cancelled).toBe(NOTICES_OF_AN_ACCOUNT);
    // Found, locked and changed; and not 20 accounts' notices to find those of one.
    expect((await noticesRead(client)) - before).toBeLessThanOrEqual(3 * NOTICES_OF_AN_ACCOUNT);
  });
});

async function openAccounts(client: Client, tenantId: string, count: number): Promise<void> {
  for (let number = 0; number < count; number += 1) {
    const account = await openAccount(client, `${tenantId}-${number}`, tenantId);
    const borrowerId = `${account.accountId}-borrower`;
    const notices = Array.from({ length: NOTICES_OF_AN_ACCOUNT }, (_, month) => notice(month));
    await planNotices(client, { ...account, borrowerId, lane: LANE, notices });
  }
}

function notice(month: number): PlannedNotice {
  const sendAfterMs = NOW_MS + month * 30 * DAY_MS;
  return {
    kind: 'due-soon',
    dedupeKey: `due-soon/${month}`,
    obligationKey: `instalment/${month}`,
    sendAfterMs,
    expiresAtMs: sendAfterMs + DAY_MS,
    priority: 2,
  };
}

/** Rows of notices that this transaction has read so far. */
async function noticesRead(client: Client): Promise<number> {
  const { rows } = await client.query<{ read: number }>(
    "select seq_tup_read + idx_tup_fetch as read from pg_stat_xact_user_tables where relname = 'notice'",
  );
  return rows[0]?.read ?? 0;
}
