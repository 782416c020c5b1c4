/** For whom the demo's clock waits, for how long, and what is said of it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { readAhead } from '../../../src/db/credit/runChecks';
import { planDebits } from '../../../src/db/debits/plannedDebits';
import { inTransaction } from '../../../src/db/transaction';
import { Agenda } from '../../../src/dev/demo/agenda';
import { limitOf, Patience, type Waiting, wordsOf } from '../../../src/dev/demo/clockPace';
import { DAY_MS, NOW_MS, openAccount, TENANT, useDatabase } from '../../db/testDatabase';
import { until } from '../../support/credits';

const database = useDatabase();

const HOUR_MS = 3_600_000;

/** As none that ended may be: what a test sets up, without what guards it. */
async function setApplication(stage: string, receivedAtMs: number): Promise<void> {
  await inTransaction(database.owner, async (client) => {
    await client.query('set local session_replication_role = replica');
    await client.query('update application set stage = $1, received_at_ms = $2', [stage, receivedAtMs]);
  });
}

it('finds what is to be done by its time, and up to which instant it may be late', async () => {
  const { pool, owner } = database;
  await inTransaction(pool, (client) => openAccount(client, 'account-1'));
  await setApplication('accepted', NOW_MS);
  const ahead = async () =>
    (await readAhead(pool, { tenantId: TENANT, graceMs: DAY_MS, shareOfNotice: 0.6, limit: 10 })).map(
      ({ what, dueAtMs, holdsAtMs }) => [what, (dueAtMs - NOW_MS) / HOUR_MS, (holdsAtMs - dueAtMs) / HOUR_MS],
    );
  await pool.query('update credit_account set advanced_at_ms = $1, next_deadline_at_ms = null', [NOW_MS]);
  expect(await ahead()).toEqual([]);
  await pool.query('update credit_account set next_deadline_at_ms = $1', [NOW_MS + 5 * HOUR_MS]);
  await pool.query(
    `insert into notice (tenant_id, borrower_id, account_id, kind, dedupe_key, lane, priority, send_after_at_ms,
       expires_at_ms) values ($1, 'account-1-borrower', 'account-1', 'due-today', 'k', 3, 1, $2, $3),
       ($1, 'account-1-borrower', 'account-1', 'bill-issued', 'l', 3, 1, $2, $4)`,
    [TENANT, NOW_MS, NOW_MS + 15 * HOUR_MS, NOW_MS + 3 * DAY_MS],
  );
  const debit = { obligationKey: 'instalment-1', dueDate: '2026-02-20', atMs: NOW_MS - HOUR_MS };
  await inTransaction(pool, (client) =>
    planDebits(client, { tenantId: TENANT, accountId: 'account-1', lane: 3, debits: [debit] }),
  );
  await setApplication('assessing', NOW_MS + 7 * HOUR_MS);
  expect(await ahead()).toEqual([
    ['notice', 0, 9],
    ['debit', -1, 24],
    ['notice', 0, 24],
    ['account', 5, 24],
    ['application', 7, 24],
  ]);
  // What has ended waits for nothing, and an account that was opened has its first step ahead.
  await pool.query(`update notice set status = 'cancelled', cancel_reason = 'paid'`);
  await owner.query('update credit_account set advanced_at_ms = null, opened_at_ms = $1', [NOW_MS]);
  expect((await ahead()).map(([what, dueHours]) => [what, dueHours])).toEqual([
    ['debit', -1],
    ['account', 0],
    ['application', 7],
  ]);
  await pool.query(`update credit_account set stage = 'settled', bucket = null`);
  expect((await ahead()).map(([what]) => what)).toEqual(['debit', 'application']);
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
  const ahead = () => agenda.ahead.map(({ what }) => what);
  expect(ahead()).toEqual(['pays', 'buys', 'applies']);
  let isStopped = false;
  const working = agenda.workUntil(300, () => isStopped);
  await until(async () => ahead().length === 2);
  expect(ahead()).toEqual(['pays', 'applies']);
  finish();
  await until(async () => ahead().length === 1);
  isStopped = true;
  await working;
});

it('while as many steps run as may, waits for one of them and does not ask the clock meanwhile', async () => {
  let asked = 0;
  const nowMs = () => {
    asked += 1;
    return 100;
  };
  const agenda = new Agenda({ nowMs, realDelayMs: () => 0 });
  const ends: (() => void)[] = [];
  for (let step = 0; step < 20; step += 1) {
    agenda.add({ atMs: 10, what: 'pays', run: () => new Promise((done) => ends.push(done)) });
  }
  let isStopped = false;
  const working = agenda.workUntil(100, () => isStopped);
  try {
    await sleep(100);
    const running = ends.length;
    expect(running).toBeLessThan(20);
    // Once for each that was begun, and a time or two after the last.
    expect(asked).toBeLessThanOrEqual(running + 2);
    ends.shift()?.();
    await until(async () => ends.length === running);
  } finally {
    isStopped = true;
    for (const end of ends) end();
    await working;
  }
});

const waiting = (what: Waiting['what'], holdsAtMs: number, id = 'x'): Waiting => ({
  what,
  id,
  dueAtMs: holdsAtMs - 1,
  holdsAtMs,
});

it('lets the clock go as far as the first of them allows, not for long, and never past the end', () => {
  const ahead = [waiting('account', 50 * HOUR_MS), waiting('notice', 20 * HOUR_MS)];
  expect(limitOf(ahead, 0, Number.POSITIVE_INFINITY)).toBe(20 * HOUR_MS);
  expect(limitOf([], 0, Number.POSITIVE_INFINITY)).toBe(36 * HOUR_MS);
  expect(limitOf(ahead, 0, 5 * HOUR_MS)).toBe(5 * HOUR_MS);
});

it('waits for each thing for a minute, gives it up with a word, and waits for others', () => {
  const told: string[] = [];
  const patience = new Patience((line) => told.push(line), 60_000);
  const stuck = waiting('account', 5, 'a-1');
  const later = waiting('notice', 500, 'n-1');
  // As long as the clock has not come to it, nothing is waited for.
  expect(patience.withoutGivenUp([stuck], 4, 0)).toEqual([stuck]);
  expect(patience.withoutGivenUp([stuck], 5, 70_000)).toEqual([stuck]);
  expect(patience.withoutGivenUp([stuck, later], 5, 129_999)).toEqual([stuck, later]);
  expect(patience.withoutGivenUp([stuck, later], 5, 130_000)).toEqual([later]);
  expect(patience.withoutGivenUp([stuck, later], 5, 131_000)).toEqual([later]);
  expect(told).toEqual(['account a-1 does not move: the clock goes on without it']);
  // The same account at another deadline has moved.
  const moved = waiting('account', 7, 'a-1');
  expect(patience.withoutGivenUp([moved], 7, 132_000)).toEqual([moved]);
});

it('says what it waits for in counts', () => {
  const of = (what: Waiting['what']) => waiting(what, 0);
  expect(wordsOf([of('account'), of('account'), of('notice'), of('step')])).toBe('2 accounts, 1 notice, 1 step');
});
