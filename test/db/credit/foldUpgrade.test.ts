/**
 * An upgrade whose rules give other deadlines: accounts of before sleep on wrong ones, are told to look, so many at a
 * time, and take one step by the rules of now, without texts that nobody would have got otherwise.
 */
import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { takeAccountsToLook } from '../../../src/db/credit/accountLooks';
import { readAccount } from '../../../src/db/credit/accounts';
import { migrate } from '../../../src/db/migrate';
import { MIGRATIONS } from '../../../src/db/migrations';
import { FOLD_VERSION } from '../../../src/domain/credit/revolving/revolvingStateCache';
import { defaultPolicy } from '../../../src/domain/policy/defaultPolicy';
import { addDays } from '../../../src/domain/values/calendar';
import { atWallTimeMs, SHANGHAI } from '../../../src/domain/values/clock';
import { createTestDatabase, type TestDatabase } from '../../setup/environment';
import { CASH_LOAN, openOnTerms, purchase, REVOLVING, type Step, stepsOn } from '../servicedAccounts';
import { TENANT, useDatabase } from '../testDatabase';

const STANDING_CAME_WITH = '038_standing';
const DUE = '2026-04-02';

test('accounts from before have since when they are past due, no bucket once closed, and the fold of before', async () => {
  const old: TestDatabase = await createTestDatabase();
  const client = new Client({ connectionString: old.ownerUrl });
  await client.connect();
  try {
    await client.query('drop schema public cascade; create schema public');
    const before = MIGRATIONS.findIndex(({ name }) => name === STANDING_CAME_WITH);
    await migrate(old.ownerUrl, MIGRATIONS.slice(0, before));
    await client.query(`insert into tenant (tenant_id, name) values ('t', 'T')`);
    await client.query(
      `insert into policy_version (tenant_id, version, effective_from, body) values ('t', 'v', '2026-01-01', $1)`,
      [JSON.stringify(defaultPolicy)],
    );
    await client.query(`
      insert into borrower (tenant_id, borrower_id) values ('t', 'b');
      insert into application (tenant_id, application_id, borrower_id, product, requested_fen, facts, stage,
        received_at_ms, changed_at_ms) values ('t', 'a', 'b', 'cash-loan', 1, '{}', 'offered', 0, 0);
      insert into credit_account (tenant_id, account_id, borrower_id, application_id, acceptance_key, acceptance_hash,
        product, terms, policy_version, lender_of_record, opened_at_ms, stage, bucket, days_past_due, as_of,
        advanced_at_ms) values
        ('t', 'late', 'b', 'a', 'k1', 'h', 'cash-loan', '{}', 'v', 'L', 0, 'overdue', 'M2', 31, '2026-05-03', 1),
        ('t', 'good', 'b', 'a', 'k2', 'h', 'cash-loan', '{}', 'v', 'L', 0, 'current', 'M0', 0, '2026-05-03', 1),
        ('t', 'done', 'b', 'a', 'k3', 'h', 'cash-loan', '{}', 'v', 'L', 0, 'settled', 'M0', 0, '2026-05-03', 1)`);
    await migrate(old.ownerUrl);
    const { rows } = await client.query(
      `select account_id as id, bucket, past_due_since::text as since, fold_version as fold from credit_account order by 1`,
    );
    expect(rows).toEqual([
      { id: 'done', bucket: null, since: null, fold: 1 },
      { id: 'good', bucket: 'M0', since: null, fold: 1 },
      { id: 'late', bucket: 'M2', since: '2026-04-02', fold: 1 },
    ]);
  } finally {
    await client.end();
    await old.drop();
  }
});

const database = useDatabase();
let step: Step;

beforeAll(() => {
  step = stepsOn(database.pool);
});

beforeEach(async () => {
  await database.owner.query(`update credit_account set fold_version = ${FOLD_VERSION}`);
});

/** As a release before this one has left it: asleep until a date that is too late. */
async function asLeftBefore(accountId: string, wakesOn: string): Promise<void> {
  await database.owner.query(
    `update credit_account set fold_version = 1, told_to_look_at = null, next_deadline_at_ms = $2 where account_id = $1`,
    [accountId, atWallTimeMs(wakesOn, '00:00', SHANGHAI)],
  );
}

const deadlineOf = async (accountId: string) => {
  return (await readAccount(database.pool, { tenantId: TENANT, accountId }))?.nextDeadlineAtMs;
};

const take = (limit: number) =>
  takeAccountsToLook(database.pool, { tenantId: TENANT, foldVersion: FOLD_VERSION, limit, againAfterMinutes: 60 });

async function noticesOf(accountId: string): Promise<string[]> {
  const { rows } = await database.owner.query(
    'select dedupe_key as key from notice where account_id = $1 order by dedupe_key',
    [accountId],
  );
  return rows.map(({ key }) => key);
}

test('a look finds the right deadline, and plans no text that was not due anyway', async () => {
  await openOnTerms(database.pool, 'slept', CASH_LOAN);
  await step('slept', '2026-03-02', { kind: 'opening' });
  await step('slept', DUE);
  await step('slept', addDays(DUE, 1));
  await step('slept', addDays(DUE, 3));
  const promised = await noticesOf('slept');
  await asLeftBefore('slept', '2026-05-03');
  const { state } = await step('slept', addDays(DUE, 5), { kind: 'look' });
  expect(state).toMatchObject({ stage: 'overdue', bucket: 'M1', pastDueSince: DUE, asOf: addDays(DUE, 5) });
  // The next rung of the ladder.
  expect(state.nextDeadlineAtMs).toBe(atWallTimeMs(addDays(DUE, 7), '00:00', SHANGHAI));
  expect(await deadlineOf('slept')).toBe(state.nextDeadlineAtMs);
  expect(await noticesOf('slept')).toEqual(promised);
  expect(await take(10)).toEqual([]);
});

test('a card that slept over a bill without purchases is asked for its minimum, ahead of the due date', async () => {
  await openOnTerms(database.pool, 'card', REVOLVING);
  await step('card', '2026-03-02', { kind: 'opening' });
  await step('card', '2026-03-05', purchase('lamp', 150_000, '2026-03-05'));
  await step('card', '2026-04-01');
  await step('card', '2026-05-01');
  await asLeftBefore('card', '2026-06-01');
  const { state } = await step('card', '2026-05-05', { kind: 'look' });
  expect(state.nextDeadlineAtMs).toBe(atWallTimeMs('2026-05-10', '00:00', SHANGHAI));
});

test('so many are told at a time, each once, and none that is closed or has looked', async () => {
  for (const accountId of ['one', 'two', 'three', 'shut']) {
    await openOnTerms(database.pool, accountId, CASH_LOAN);
    await step(accountId, '2026-03-02', { kind: 'opening' });
    await asLeftBefore(accountId, '2026-05-03');
  }
  await database.owner.query(`update credit_account set stage = 'settled', bucket = null where account_id = 'shut'`);
  const first = await take(2);
  const second = await take(2);
  expect([...first, ...second].map(({ accountId }) => accountId).sort()).toEqual(['one', 'three', 'two']);
  expect([first.length, second.length]).toEqual([2, 1]);
  expect(await take(2)).toEqual([]);
  // Who was told and has not looked is told again, an hour later.
  await database.owner.query(`update credit_account set told_to_look_at = now() - interval '61 minutes'`);
  await step('two', '2026-03-03', { kind: 'look' });
  expect((await take(10)).map(({ accountId }) => accountId).sort()).toEqual(['one', 'three']);
});
