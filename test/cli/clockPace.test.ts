/** For whom the demo's clock waits, for how long, and what is said of it. */
import { expect, it } from '@jest/globals';
import { Patience, wordsOf } from '../../src/cli/clockPace';
import { planDebits } from '../../src/db/statements/plannedDebits';
import { readBehind } from '../../src/db/statements/runChecks';
import { inTransaction } from '../../src/db/transaction';
import { Agenda } from '../../src/demo/agenda';
import { DAY_MS, NOW_MS, openAccount, TENANT, useDatabase } from '../db/testDatabase';

const database = useDatabase();

it('finds accounts, applications, notices and debits whose time came before the instant, the longest due first', async () => {
  const { pool } = database;
  await inTransaction(pool, (client) => openAccount(client, 'account-1'));
  await pool.query(`update application set stage = 'accepted'`);
  const behind = async () =>
    (await readBehind(pool, { tenantId: TENANT, beforeMs: NOW_MS, limit: 10 })).map(({ what, sinceMs }) => [
      what,
      (NOW_MS - sinceMs) / DAY_MS,
    ]);
  await pool.query('update credit_account set next_deadline_at_ms = $1', [NOW_MS + 1]);
  expect(await behind()).toEqual([]);
  await pool.query('update credit_account set next_deadline_at_ms = $1', [NOW_MS - 2 * DAY_MS]);
  await pool.query(
    `insert into notice (tenant_id, borrower_id, account_id, kind, dedupe_key, lane, priority, send_after_at_ms,
       expires_at_ms) values ($1, 'account-1-borrower', 'account-1', 'due-soon', 'k', 3, 1, $2, $3)`,
    [TENANT, NOW_MS - 3 * DAY_MS, NOW_MS],
  );
  const debit = { obligationKey: 'instalment-1', dueDate: '2026-02-20', atMs: NOW_MS - DAY_MS };
  await inTransaction(pool, (client) =>
    planDebits(client, { tenantId: TENANT, accountId: 'account-1', lane: 3, debits: [debit] }),
  );
  await pool.query(`update application set stage = 'assessing', received_at_ms = $1`, [NOW_MS - 4 * DAY_MS]);
  expect(await behind()).toEqual([
    ['application', 4],
    ['notice', 3],
    ['account', 2],
    ['debit', 1],
  ]);
  // What has ended waits for nothing.
  await pool.query(`update credit_account set stage = 'settled'`);
  await pool.query(`update notice set status = 'cancelled', cancel_reason = 'paid'`);
  expect((await behind()).map(([what]) => what)).toEqual(['application', 'debit']);
});

it('finds steps of the sample that wait or run, and none that are done', async () => {
  const agenda = new Agenda({ nowMs: () => 100, realDelayMs: () => 0 });
  let finish = () => {};
  const runs = new Promise<void>((done) => {
    finish = done;
  });
  agenda.add({ atMs: 10, what: 'pays', run: () => runs });
  agenda.add({ atMs: 20, what: 'buys', run: async () => undefined });
  agenda.add({ atMs: 200, what: 'applies', run: async () => undefined });
  expect(agenda.behind(100).map(({ what }) => what)).toEqual(['pays', 'buys']);
  let isStopped = false;
  const working = agenda.workUntil(300, () => isStopped);
  await new Promise((done) => setTimeout(done, 20));
  expect(agenda.behind(100).map(({ what }) => what)).toEqual(['pays']);
  finish();
  await new Promise((done) => setTimeout(done, 20));
  expect(agenda.behind(100)).toEqual([]);
  isStopped = true;
  await working;
});

it('waits for each thing for a minute, gives it up with a word, and waits for others', () => {
  const told: string[] = [];
  const patience = new Patience((line) => told.push(line), 60_000);
  const stuck = { what: 'account', id: 'a-1', sinceMs: 5 };
  const slow = { what: 'notice', id: 'n-1', sinceMs: 6 };
  expect(patience.withoutGivenUp([stuck], 0)).toEqual([stuck]);
  expect(patience.withoutGivenUp([stuck, slow], 59_999)).toEqual([stuck, slow]);
  expect(patience.withoutGivenUp([stuck, slow], 60_000)).toEqual([slow]);
  expect(patience.withoutGivenUp([stuck, slow], 61_000)).toEqual([slow]);
  expect(told).toEqual(['account a-1 does not move: the clock goes on without it']);
  // The same account at another deadline has moved.
  const moved = { ...stuck, sinceMs: 7 };
  expect(patience.withoutGivenUp([moved], 62_000)).toEqual([moved]);
});

it('says what it waits for in counts', () => {
  const of = (what: 'account' | 'notice' | 'step') => ({ what, id: 'x', sinceMs: 0 });
  expect(wordsOf([of('account'), of('account'), of('notice'), of('step')])).toBe('2 accounts, 1 notice, 1 step');
});
