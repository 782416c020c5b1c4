/** Dates closed and sealed by themselves, on a real database: in order, waiting for accounts, red ones in nobody's way. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { createSealActivities } from '../../../src/activities/evidence/sealing';
import { createDailyCloseActivities } from '../../../src/activities/ledger/dailyClose';
import { closeLines } from '../../../src/cli/ledger/ledgerTables';
import type { WaitedFor } from '../../../src/contracts/activities';
import { setAside } from '../../../src/db/credit/setAsideArrivals';
import { markDebitAttempted, markDebitSettled } from '../../../src/db/debits/debitAttempts';
import { planDebits } from '../../../src/db/debits/plannedDebits';
import { listSeals } from '../../../src/db/evidence/evidenceRecords';
import { readIncidentEvents } from '../../../src/db/incidents/incidentEvents';
import { listIncidents } from '../../../src/db/incidents/incidents';
import { listDailyCloses } from '../../../src/db/ledger/dailyCloses';
import { inTransaction } from '../../../src/db/transaction';
import { addDays, type IsoDate } from '../../../src/domain/values/calendar';
import { atWallTimeMs, SHANGHAI } from '../../../src/domain/values/clock';
import { CASH_LOAN, noonOf, OPENED_ON, openOnTerms, REVOLVING, stepsOn } from '../servicedAccounts';
import { TENANT, useDatabase } from '../testDatabase';

const HOUR_MS = 3_600_000;
const database = useDatabase();

/** Each test with a database of its own would take longer than all of them: what they leave is put right by hand. */
beforeEach(async () => {
  const { owner, pool } = database;
  for (const table of ['daily_close', 'evidence_seal']) {
    await owner.query(`alter table ${table} disable trigger user`);
    await owner.query(`truncate ${table} cascade`);
    await owner.query(`alter table ${table} enable trigger user`);
  }
  const { rows } = await pool.query('select from credit_account');
  if (rows.length > 0) return;
  await openOnTerms(pool, 'card', REVOLVING);
  await stepsOn(pool)('card', OPENED_ON, { kind: 'opening' });
  await openOnTerms(pool, 'loan', CASH_LOAN);
  await stepsOn(pool)('loan', OPENED_ON, { kind: 'opening' });
});

const closing = (fromDate: IsoDate, asOfMs: number, patienceMs = HOUR_MS, waited?: WaitedFor) =>
  createDailyCloseActivities({ pool: database.pool }).closeEndedDates({
    tenantId: TENANT,
    fromDate,
    asOfMs,
    patienceMs,
    waited,
  });

async function closes(): Promise<string[]> {
  const all = await listDailyCloses(database.pool, { tenantId: TENANT, limit: 100 });
  return all.reverse().map(({ businessDate, outcome }) => `${businessDate} ${outcome}`);
}

const outstanding = (amountFen: number) =>
  database.owner.query(`update credit_account set outstanding_fen = outstanding_fen + $1 where account_id = 'card'`, [
    amountFen,
  ]);

describe('dates are closed', () => {
  test('from the first one on, in order, and the next is due half an hour after its end', async () => {
    expect(await closing('2026-03-04', noonOf('2026-03-04'))).toEqual({
      tried: [],
      closedThrough: null,
      triedThrough: null,
      openDates: [],
      waitsFor: undefined,
      nextAtMs: atWallTimeMs('2026-03-05', '00:30', SHANGHAI),
    });
    const done = await closing('2026-03-04', noonOf('2026-03-07'));
    expect(done).toMatchObject({
      closedThrough: '2026-03-06',
      openDates: [],
      nextAtMs: noonOf('2026-03-07') + 45_000_000,
    });
    expect(done.tried.map(({ businessDate }) => businessDate)).toEqual(['2026-03-04', '2026-03-05', '2026-03-06']);
    expect(await closes()).toEqual(['2026-03-04 succeeded', '2026-03-05 succeeded', '2026-03-06 succeeded']);
    // Done again, nothing is left to do.
    expect((await closing('2026-03-04', noonOf('2026-03-07'))).tried).toEqual([]);
  });

  test('after many missed days in several readings, which follow at once', async () => {
    await stepsOn(database.pool)('card', '2026-03-20');
    const asOfMs = noonOf('2026-03-31');
    const first = await closing('2026-02-10', asOfMs);
    expect(first).toMatchObject({ closedThrough: '2026-03-12', nextAtMs: asOfMs });
    expect(first.tried).toHaveLength(31);
    expect(await closing('2026-02-10', asOfMs)).toMatchObject({ closedThrough: '2026-03-30', waitsFor: undefined });
  });

  test('up to one whose account has still to step, and after it when it has', async () => {
    // The first bill is issued on 1 April.
    const asOfMs = noonOf('2026-04-02');
    const held = await closing('2026-03-30', asOfMs);
    expect(held).toMatchObject({
      closedThrough: '2026-03-31',
      waitsFor: { businessDate: '2026-04-01', accountId: 'card', holders: [{ accountId: 'card', sinceMs: asOfMs }] },
    });
    expect(held.nextAtMs).toBe(asOfMs + HOUR_MS / 4);
    expect(await closing('2026-03-30', asOfMs)).toMatchObject({ tried: [], closedThrough: '2026-03-31' });
    await stepsOn(database.pool)('card', '2026-04-01');
    expect(await closing('2026-03-30', asOfMs)).toMatchObject({ closedThrough: '2026-04-01', waitsFor: undefined });
    expect(await closes()).toEqual(['2026-03-30 succeeded', '2026-03-31 succeeded', '2026-04-01 succeeded']);
  });

  test('also where one before is red: it is told once, tried again with each, and closed first', async () => {
    // Its first instalment was missed: what a step of a later date has seen is done.
    await stepsOn(database.pool)('loan', '2026-04-08');
    await outstanding(1);
    try {
      const red = await closing('2026-04-03', noonOf('2026-04-04'));
      const tried = { businessDate: '2026-04-03', outcome: 'failed', checks: ['projection 1'], waitingCount: 0 };
      expect(red).toMatchObject({ tried: [tried], closedThrough: null, openDates: ['2026-04-03'] });
      const next = await closing('2026-04-03', noonOf('2026-04-05'));
      expect(next).toMatchObject({
        tried: [{ ...tried, businessDate: '2026-04-04' }],
        openDates: ['2026-04-03', '2026-04-04'],
      });
    } finally {
      await outstanding(-1);
    }
    const inForce = await listIncidents(database.pool, { tenantId: TENANT, limit: 9, onlyInForce: true });
    expect(inForce).toMatchObject([{ reasonCode: 'DAILY_CLOSE_DIFFERS', measures: [], openedBy: 'daily-close' }]);
    const mended = await closing('2026-04-03', noonOf('2026-04-06'));
    expect(mended).toMatchObject({ closedThrough: '2026-04-05', openDates: [] });
    expect(await closes()).toEqual([
      '2026-04-03 failed',
      '2026-04-04 failed',
      '2026-04-03 succeeded',
      '2026-04-04 succeeded',
      '2026-04-05 succeeded',
    ]);
  });

  test('by several workers at once: each date once', async () => {
    await Promise.all(Array.from({ length: 4 }, () => closing('2026-04-03', noonOf('2026-04-06'))));
    expect(await closes()).toEqual(['2026-04-03 succeeded', '2026-04-04 succeeded', '2026-04-05 succeeded']);
  });

  test('with what is set aside and waits for people, which is no difference', async () => {
    const atMs = noonOf('2026-04-04');
    await inTransaction(database.pool, async (client) => {
      for (const paymentId of ['p-1', 'p-2']) {
        const arrival = { kind: 'payment', payment: { paymentId } };
        const came = { kind: 'payment', businessKey: `payment/${paymentId}`, arrival, identity: paymentId };
        await setAside(client, { tenantId: TENANT, accountId: 'loan', ...came, fault: 'broken', atMs });
      }
    });
    const { tried } = await closing('2026-04-03', noonOf('2026-04-06'));
    expect(tried.map(({ waitingCount, outcome }) => [waitingCount, outcome])).toEqual([
      [0, 'succeeded'],
      [2, 'succeeded'],
      [2, 'succeeded'],
    ]);
    const [last, before] = await listDailyCloses(database.pool, { tenantId: TENANT, limit: 2 });
    const aside = { asideId: expect.any(Number), accountId: 'loan', kind: 'payment', atMs };
    expect(last?.waiting).toEqual([
      { ...aside, ageDays: 1 },
      { ...aside, ageDays: 1 },
    ]);
    expect(before?.waiting.map(({ ageDays }) => ageDays)).toEqual([0, 0]);
    const lines = closeLines(last as NonNullable<typeof last>).join('\n');
    expect(lines).toContain('set aside, waits for two people: 2');
    expect(lines).toMatch(/^\d+ +loan +payment +1 day$/m);
  });

  test('after a settled debit has been told to its account, or has not come for an hour: then it is red', async () => {
    const { pool } = database;
    const settledAtMs = atWallTimeMs('2026-04-06', '23:50', SHANGHAI);
    const ref = { tenantId: TENANT, accountId: 'loan' };
    const reference = 'loan.instalment-1.1';
    await inTransaction(pool, async (client) => {
      const debits = [{ obligationKey: 'instalment-1', dueDate: '2026-04-02', atMs: noonOf('2026-04-02') }];
      await planDebits(client, { ...ref, lane: 0, debits });
      await markDebitAttempted(client, {
        tenantId: TENANT,
        reference,
        mandateId: 'm',
        amountFen: 100,
        businessDate: '2026-04-06',
        rail: 'sandbox',
        atMs: settledAtMs,
        nextAtMs: settledAtMs,
      });
      await markDebitSettled(client, {
        tenantId: TENANT,
        reference,
        railId: 'r',
        settledOn: '2026-04-06',
        atMs: settledAtMs,
      });
    });
    const soon = atWallTimeMs('2026-04-07', '00:30', SHANGHAI);
    const waitsFor = { businessDate: '2026-04-06', accountId: 'loan' };
    expect(await closing('2026-04-05', soon)).toMatchObject({ closedThrough: '2026-04-05', waitsFor });
    const late = await closing('2026-04-05', soon + HOUR_MS);
    expect(late.tried).toMatchObject([{ businessDate: '2026-04-06', outcome: 'failed', checks: ['debit 1'] }]);
    const inForce = await listIncidents(pool, { tenantId: TENANT, limit: 9, onlyInForce: true });
    expect(inForce.map(({ reasonCode }) => reasonCode)).toContain('DEBIT_NOT_BOOKED');
  });
});

describe('a wait that is too long', () => {
  test('of an account that does not step calls a person once, and goes on by itself', async () => {
    const { pool } = database;
    await openOnTerms(pool, 'parked', CASH_LOAN);
    const hours = (count: number) => noonOf('2026-03-05') + count * HOUR_MS;
    const look = (count: number, waited?: WaitedFor) => closing('2026-03-04', hours(count), HOUR_MS, waited);
    const alarms = async () =>
      (await listIncidents(pool, { tenantId: TENANT, limit: 9 })).filter(
        ({ reasonCode }) => reasonCode === 'DAILY_CLOSE_WAITS',
      );
    const first = (await look(0)).waitsFor;
    const sinceMs = hours(0);
    expect(first).toEqual({
      businessDate: '2026-03-04',
      accountId: 'parked',
      holders: [{ accountId: 'parked', sinceMs }],
    });
    const before = (await look(11.9, first)).waitsFor;
    expect(before).toEqual(first);
    expect(await alarms()).toEqual([]);
    const late = await look(12, before);
    expect(late).toMatchObject({ tried: [], waitsFor: { ...first, incidentId: expect.any(String) } });
    const [alarm] = await alarms();
    expect(alarm).toMatchObject({
      incidentId: late.waitsFor?.incidentId,
      measures: [],
      scope: { product: 'cash-loan' },
      openedBy: 'daily-close',
    });
    const events = () => readIncidentEvents(pool, { tenantId: TENANT, incidentId: String(alarm?.incidentId) });
    expect(await events()).toMatchObject([
      {
        kind: 'opened',
        body: { found: [{ businessDate: '2026-03-04', accountId: 'parked', product: 'cash-loan', sinceMs }] },
      },
    ]);
    // Told again it is the same act, and no sighting.
    expect((await look(13, late.waitsFor)).waitsFor).toEqual(late.waitsFor);
    expect(await events()).toHaveLength(1);
    expect(await alarms()).toHaveLength(1);
    await stepsOn(pool)('parked', OPENED_ON, { kind: 'opening' });
    expect(await look(14, late.waitsFor)).toMatchObject({ closedThrough: '2026-03-05', waitsFor: undefined });
  });
});

describe('dates are sealed', () => {
  const seal = (fromDate: IsoDate, throughDate: IsoDate) =>
    createSealActivities({ pool: database.pool }).sealDates({
      tenantId: TENANT,
      fromDate,
      throughDate,
      asOfMs: noonOf(addDays(throughDate, 1)),
    });
  const seals = async () =>
    (await listSeals(database.pool, { tenantId: TENANT, limit: 100 })).map(({ businessDate }) => businessDate);

  test('one by one, from the first date or the last seal on, each once', async () => {
    expect(await seal('2026-03-04', '2026-03-05')).toEqual({ sealedThrough: '2026-03-05' });
    expect(await seal('2026-03-04', '2026-03-05')).toEqual({ sealedThrough: '2026-03-05' });
    expect(await seal('2026-03-04', '2026-03-08')).toEqual({ sealedThrough: '2026-03-08' });
    expect(await seals()).toEqual(['2026-03-04', '2026-03-05', '2026-03-06', '2026-03-07', '2026-03-08']);
  });

  test('a date that was closed before the first one that is answered for has a seal of its own', async () => {
    await seal('2026-03-04', '2026-03-02');
    expect(await seals()).toEqual(['2026-03-02']);
  });
});
