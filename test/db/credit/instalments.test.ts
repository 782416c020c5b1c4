/** Instalment plans by the real step of accounts: only with the confirmed sheet, once, with the parts that were told. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { InstalmentResult, InstalmentStart } from '../../../src/contracts/credit/instalments';
import { readFacts } from '../../../src/db/credit/facts';
import { readCostDisclosures } from '../../../src/db/origination/costDisclosures';
import type { IsoDate } from '../../../src/domain/values/calendar';
import { CASH_LOAN, openOnTerms, REVOLVING, type Step, stepsOn } from '../servicedAccounts';
import { TENANT, useDatabase } from '../testDatabase';

const database = useDatabase();
let step: Step;
beforeAll(() => {
  step = stepsOn(database.pool);
});

/** Opened on 2 March, 3,000.00 bought on the 5th, billed on 1 April. */
async function billed(accountId: string): Promise<void> {
  await openOnTerms(database.pool, accountId, REVOLVING);
  await step(accountId, '2026-03-02', { kind: 'opening' });
  const purchase = { purchaseId: 'o1', amountFen: 300_000, purchasedOn: '2026-03-05' };
  await step(accountId, '2026-03-05', { kind: 'purchase', purchase });
  await step(accountId, '2026-04-01');
}

const START: InstalmentStart = {
  planId: 'p1',
  statementNumber: 1,
  principalFen: 300_000,
  months: 12,
  feePayer: 'borrower',
  startedOn: '2026-04-05',
};

async function start(
  accountId: string,
  on: IsoDate,
  changes: Partial<InstalmentStart> = {},
): Promise<InstalmentResult> {
  const asked = { ...START, startedOn: on, ...changes };
  const { changes: answers } = await step(accountId, on, { kind: 'instalment-start', start: asked });
  return answers?.[`instalment/${asked.planId}`] as InstalmentResult;
}

async function settle(accountId: string, on: IsoDate, settlementId = 's1', planId = 'p1'): Promise<InstalmentResult> {
  const settlement = { settlementId, planId, settledOn: on };
  const { changes } = await step(accountId, on, { kind: 'instalment-settlement', settlement });
  return changes?.[`instalment-settlement/${settlementId}`] as InstalmentResult;
}

async function confirmedStart(accountId: string, on: IsoDate, changes: Partial<InstalmentStart> = {}) {
  const told = await start(accountId, on, changes);
  if (told.status !== 'refused' || !told.costSheet) throw new Error(`no sheet: ${JSON.stringify(told)}`);
  const { hash } = told.costSheet;
  const costSheet = { hash, confirmedBy: 'member-1', confirmedAt: '2026-04-05T10:00:00+08:00' };
  return start(accountId, on, { ...changes, costSheet });
}

const planFacts = async (accountId: string) =>
  (await readFacts(database.pool, { tenantId: TENANT, accountId })).filter(({ kind }) => kind.startsWith('instalment'));

describe('starting', () => {
  test('needs the confirmed sheet, keeps it, and answers with the parts', async () => {
    await billed('plan');
    expect(await start('plan', '2026-04-05')).toMatchObject({
      status: 'refused',
      reasonCodes: ['COST_SHEET_NOT_CONFIRMED'],
      costSheet: { text: expect.stringContaining('分期对象：第1期账单\n分期日：2026-04-05\n') },
    });
    expect(await planFacts('plan')).toEqual([]);
    const taken = await confirmedStart('plan', '2026-04-05');
    expect(taken).toMatchObject({ status: 'accepted' });
    if (taken.status !== 'accepted') return;
    expect(taken.parts).toHaveLength(12);
    expect(taken.parts[0]).toEqual({ number: 1, dueDate: '2026-05-10', principalFen: 25_000, feeFen: 2_200 });
    expect(await planFacts('plan')).toMatchObject([{ key: 'instalment/p1', valueDate: '2026-04-05', feeFen: 26_400 }]);
    expect(await readCostDisclosures(database.pool, { tenantId: TENANT, accountId: 'plan' })).toMatchObject([
      { subject: 'instalment/p1', confirmedBy: 'member-1', sheet: { product: 'instalment-plan', totalFen: 326_400 } },
    ]);
  });

  test('again is the same plan, on a later date too; other content under its id is refused', async () => {
    await billed('again');
    await confirmedStart('again', '2026-04-05');
    const later = await start('again', '2026-05-03');
    expect(later).toMatchObject({ status: 'accepted' });
    expect(later.status === 'accepted' && later.parts).toHaveLength(11);
    expect(await start('again', '2026-05-03', { principalFen: 200_000 })).toMatchObject({
      reasonCodes: ['SAME_KEY_OTHER_CONTENT'],
    });
    expect(await planFacts('again')).toHaveLength(1);
  });

  test('by the sheet of another day is refused: the day is a part of it', async () => {
    await billed('late-plan');
    const told = await start('late-plan', '2026-04-05');
    const hash = told.status === 'refused' ? (told.costSheet?.hash ?? '') : '';
    const costSheet = { hash, confirmedBy: 'member-1', confirmedAt: '2026-04-05T10:00:00+08:00' };
    expect(await start('late-plan', '2026-04-06', { costSheet })).toMatchObject({
      reasonCodes: ['COST_SHEET_DIFFERS'],
    });
  });

  test('is refused after the due date, and of more than there is', async () => {
    await billed('refusals');
    expect(await start('refusals', '2026-04-05', { principalFen: 300_001 })).toEqual({
      status: 'refused',
      reasonCodes: ['ABOVE_SPLITTABLE_AMOUNT'],
      figures: { splittableFen: 300_000 },
    });
    expect(await start('refusals', '2026-04-11')).toMatchObject({
      reasonCodes: ['ACCOUNT_OVERDUE', 'BILL_DUE_DATE_PASSED'],
    });
    const { rows } = await database.owner.query<{ codes: string[] }>(
      `select reason_codes as codes from refused_arrival where account_id = 'refusals' order by at_ms`,
    );
    expect(rows.map(({ codes }) => codes)).toEqual([
      ['ABOVE_SPLITTABLE_AMOUNT'],
      ['ACCOUNT_OVERDUE', 'BILL_DUE_DATE_PASSED'],
    ]);
  });
});

test('a cash loan has no plans', async () => {
  await openOnTerms(database.pool, 'loan', CASH_LOAN);
  expect(await start('loan', '2026-03-05')).toEqual({ status: 'refused', reasonCodes: ['INVALID_INPUT'] });
  expect(await settle('loan', '2026-03-05')).toEqual({ status: 'refused', reasonCodes: ['INVALID_INPUT'] });
});

describe('settling', () => {
  test('brings all that is left with the next bill, its fee as the policy says, and only once', async () => {
    await billed('settled');
    await confirmedStart('settled', '2026-04-05');
    expect(await settle('settled', '2026-04-05')).toMatchObject({ reasonCodes: ['PLAN_STARTED_TODAY'] });
    const taken = await settle('settled', '2026-05-20');
    expect(taken).toEqual({
      status: 'accepted',
      // 11 of 12 parts; the default policy charges the rest of the fee.
      parts: [{ number: 1, dueDate: '2026-06-10', principalFen: 275_000, feeFen: 24_200 }],
    });
    expect(await settle('settled', '2026-05-21')).toEqual(taken);
    expect(await settle('settled', '2026-05-21', 's2')).toMatchObject({ reasonCodes: ['PLAN_ENDED'] });
    expect(await settle('settled', '2026-05-21', 's1', 'p9')).toMatchObject({
      reasonCodes: ['SAME_KEY_OTHER_CONTENT'],
    });
    expect(await settle('settled', '2026-05-21', 's3', 'p9')).toMatchObject({ reasonCodes: ['UNKNOWN_PLAN'] });
  });
});
