/** The verdict of a run goes wrong for each thing that must not happen, and names it. The database is made to hold it. */
import { expect, test } from '@jest/globals';
import { planDebits } from '../../../src/db/debits/plannedDebits';
import { insertDailyClose } from '../../../src/db/ledger/dailyCloses';
import { keepSinkMessage } from '../../../src/db/messaging/delivery/sink';
import { inTransaction } from '../../../src/db/transaction';
import { faultsOfRun, settleUntil, summarise } from '../../../src/dev/demo/verdict';
import { addDays } from '../../../src/domain/values/calendar';
import { dateAt, SHANGHAI } from '../../../src/domain/values/clock';
import { NOW_MS, openAccount, TENANT, useDatabase } from '../../db/testDatabase';

const database = useDatabase();

interface Run {
  failedWorkflows?: string[];
  stepFailures?: string[];
}

/** The verdict over this file's database; Temporal and the API answer as given. */
async function verdict({ failedWorkflows = [], stepFailures = [] }: Run = {}): Promise<string[]> {
  async function* list() {
    for (const workflowId of failedWorkflows) yield { workflowId };
  }
  const system = {
    tenantId: TENANT,
    pool: database.pool,
    clock: { realEpochMs: 0, businessEpochMs: 0, speed: 1 },
    temporal: { workflow: { list } },
  } as unknown as Parameters<typeof summarise>[0];
  const api = { get: async () => ({ status: 200, body: {} }) } as unknown as Parameters<typeof summarise>[1];
  const stuck = await settleUntil(system, NOW_MS, 0);
  const agenda = { done: 1, failures: stepFailures } as unknown as Parameters<typeof summarise>[2]['agenda'];
  return faultsOfRun(
    await summarise(system, api, { from: '2026-01-01', until: '2026-02-01', wallSeconds: 1, agenda, stuck }),
  );
}

test('a sound run has no fault', async () => {
  expect(await verdict()).toEqual([]);
});

test('a workflow that failed, and a step of the portfolio that did', async () => {
  expect(await verdict({ failedWorkflows: ['loan-7'], stepFailures: ['b-1 pays: answered 500'] })).toEqual([
    'workflow loan-7 failed',
    'a step of the portfolio failed: b-1 pays: answered 500',
  ]);
});

test('a date whose close is red, and one that should be closed by now', async () => {
  const close = {
    tenantId: TENANT,
    accountCount: 0,
    entryCount: 0,
    postingCount: 0,
    lines: [],
    waiting: [],
    waitingCount: 0,
  };
  const differences = [{ check: 'fold', accountId: 'a-1', reason: 'r' } as const];
  const today = dateAt(NOW_MS, SHANGHAI);
  await inTransaction(database.pool, async (client) => {
    await insertDailyClose(client, { ...close, businessDate: addDays(today, -3), differences });
    await insertDailyClose(client, { ...close, businessDate: addDays(today, -2), differences: [] });
  });
  expect(await verdict()).toEqual([
    `the close of ${addDays(today, -1)} is behind: the date has ended`,
    `the close of ${addDays(today, -3)} found differences`,
  ]);
  await database.owner.query('alter table daily_close disable trigger user');
  await database.owner.query('truncate daily_close');
  await database.owner.query('alter table daily_close enable trigger user');
});

test('a notice sent twice', async () => {
  const message = { tenantId: TENANT, reference: 'n-1', phoneFingerprint: 'f', text: 't', sentAtMs: NOW_MS };
  for (const _ of ['once', 'twice']) await keepSinkMessage(database.pool, { ...message, receipts: [] });
  expect(await verdict()).toEqual(['notice n-1 was sent twice']);
});

test('an account whose deadline passed, and books that do not balance', async () => {
  await inTransaction(database.owner, async (client) => {
    await openAccount(client, 'account-1');
    await client.query('update credit_account set next_deadline_at_ms = $1, advanced_at_ms = $1', [NOW_MS - 1]);
    // What the database refuses: its triggers are off in this transaction alone.
    await client.query('set local session_replication_role = replica');
    const { rows } = await client.query<{ id: number }>(
      `insert into journal_entry
         (tenant_id, account_id, business_key, revision, kind, value_date, content_hash, booked_at_ms)
       values ($1, 'account-1', 'bad', 1, 'payment', '2026-03-02', 'x', 0) returning entry_id as id`,
      [TENANT],
    );
    await client.query(`insert into posting values ($1, 'account-1', $2, 1, 'funding', 100)`, [TENANT, rows[0]?.id]);
  });
  const faults = await verdict();
  expect(faults[0]).toMatch(/^the ledger does not balance: .*"totalFen":100,.*"businessKey":"bad"/);
  expect(faults[1]).toBe('account account-1 is stuck: its deadline has passed');
  await database.owner.query(`update credit_account set stage = 'settled', bucket = null`);
});

test('a debit that its lane forgot, long after its time', async () => {
  const ref = { tenantId: TENANT, accountId: 'account-1' };
  const debit = { obligationKey: 'instalment-1', dueDate: '2026-02-20', atMs: NOW_MS - 4 * 86_400_000 };
  const soon = { obligationKey: 'instalment-2', dueDate: '2026-03-01', atMs: NOW_MS - 86_400_000 };
  await inTransaction(database.pool, (client) => planDebits(client, { ...ref, lane: 3, debits: [debit, soon] }));
  expect((await verdict()).filter((fault) => fault.startsWith('debit'))).toEqual([
    'debit account-1.instalment-1.1 is stuck: it is still planned, and not booked',
  ]);
});

test('an application and a notice that nobody came for', async () => {
  await inTransaction(database.owner, async (client) => {
    // What was received when never changes, but here.
    await client.query('set local session_replication_role = replica');
    await client.query(`update application set stage = 'assessing', received_at_ms = $1`, [NOW_MS - 1]);
  });
  await database.owner.query(
    `insert into notice (tenant_id, borrower_id, account_id, kind, dedupe_key, lane, priority, send_after_at_ms,
       expires_at_ms) values ($1, 'account-1-borrower', 'account-1', 'due-soon', 'k', 3, 1, $2, $2)`,
    [TENANT, NOW_MS - 1],
  );
  const faults = await verdict();
  expect(faults).toContain('application account-1-application is stuck: it is still assessing');
  expect(faults).toContainEqual(expect.stringMatching(/^notice \S+ of lane 3 is stuck: it has expired unsent$/));
});

test('what the audit finds of rows that this system did not write', async () => {
  await inTransaction(database.owner, async (client) => {
    await client.query(
      `insert into api_key (tenant_id, key_id, key_hash, scopes, label, principal)
      values ($1, 'forged', repeat('a', 64), '{}', 'nobody', 'system:nobody')`,
      [TENANT],
    );
  });
  expect(await verdict()).toContainEqual(
    expect.stringMatching(/^the audit found api_key .*forged.*: (changed|inserted)/),
  );
});
