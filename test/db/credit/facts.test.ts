/** Accounts and their facts: each once, and what a borrower's facts stand against. */
import { describe, expect, test } from '@jest/globals';
import {
  findAcceptance,
  insertAccount,
  listAccountsByStage,
  readAccount,
  readBorrowerExposure,
  updateProjection,
} from '../../../src/db/credit/accounts';
import { insertBills, readBills } from '../../../src/db/credit/bills';
import { readFacts, recordFact, recordRefusal } from '../../../src/db/credit/facts';
import { readTimeline } from '../../../src/db/credit/timeline';
import { inTransaction } from '../../../src/db/transaction';
import type { Bill } from '../../../src/domain/credit/account';
import type { Fact } from '../../../src/domain/credit/facts';
import { NOW_MS, openAccount, POLICY_VERSION, TENANT, TERMS, useDatabase } from '../testDatabase';

const database = useDatabase();

const paid = (amountFen: number): Fact => ({
  kind: 'paid',
  key: 'payment/1',
  valueDate: '2026-04-02',
  amountFen,
  intent: 'instalment',
});

const BILL: Bill = {
  number: 1,
  billDate: '2026-04-01',
  dueDate: '2026-04-20',
  totalFen: 900,
  minimumPaymentFen: 90,
  principalFen: 868,
  interestFen: 20,
  penaltyFen: 0,
  feeFen: 12,
};

const opened = (name: string) => inTransaction(database.pool, (client) => openAccount(client, name));

describe('a fact', () => {
  test('is recorded, repeated, or in conflict with what its key says already', async () => {
    const ref = await opened('facts');
    const record = (fact: Fact) =>
      inTransaction(database.pool, (client) => recordFact(client, { ...ref, fact, arrivedAtMs: NOW_MS }));
    expect(await record(paid(500))).toBe('recorded');
    // Another order of the same fields is the same fact.
    expect(await record(Object.fromEntries(Object.entries(paid(500)).reverse()) as unknown as Fact)).toBe('repeated');
    expect(await record(paid(501))).toBe('conflict');
    expect(await readFacts(database.pool, ref)).toEqual([paid(500)]);
  });

  test('that arrives on several connections at once is recorded once', async () => {
    const ref = await opened('facts-race');
    const results = await Promise.all(
      [500, 500, 500, 700].map((amountFen) =>
        inTransaction(database.pool, (client) =>
          recordFact(client, { ...ref, fact: paid(amountFen), arrivedAtMs: NOW_MS }),
        ),
      ),
    );
    expect(results.filter((result) => result === 'recorded')).toHaveLength(1);
    expect(await readFacts(database.pool, ref)).toHaveLength(1);
  });

  test('that is refused is kept once, with its reasons', async () => {
    const ref = await opened('refusals');
    const refusal = { ...ref, businessKey: 'purchase/1', kind: 'purchase', body: { amountFen: 1 }, atMs: NOW_MS };
    const refuse = (reasonCodes: string[]) =>
      inTransaction(database.pool, (client) => recordRefusal(client, { ...refusal, reasonCodes }));
    expect([await refuse(['OVER_LIMIT']), await refuse(['OVER_LIMIT']), await refuse(['FROZEN'])]).toEqual([
      true,
      false,
      true,
    ]);
  });
});

test('a bill that was issued stands as issued', async () => {
  const ref = await opened('bills');
  const issue = (statements: Bill[]) =>
    inTransaction(database.pool, (client) => insertBills(client, { ...ref, statements, issuedAtMs: NOW_MS }));
  expect(await issue([BILL])).toBe(1);
  expect(
    await issue([
      { ...BILL, totalFen: 950 },
      { ...BILL, number: 2, totalFen: -5, minimumPaymentFen: 0, feeFen: undefined },
    ]),
  ).toBe(1);
  const [first, second] = await readBills(database.pool, ref);
  expect(first).toEqual(BILL);
  expect(second?.feeFen).toBe(0);
});

describe('an account', () => {
  const draw = (applicationId: string, acceptanceKey: string, drawnFen: number) =>
    inTransaction(database.pool, (client) =>
      insertAccount(client, {
        tenantId: TENANT,
        accountId: `${applicationId}-${acceptanceKey}`,
        borrowerId: applicationId.replace('application', 'borrower'),
        applicationId,
        terms: { ...TERMS, principalFen: drawnFen },
        policyVersion: POLICY_VERSION,
        acceptanceKey,
        drawnFen,
        openedAtMs: NOW_MS,
      }),
    );

  test('is one for each acceptance, within the offer', async () => {
    await opened('draws');
    const applicationId = 'draws-application';
    await expect(draw(applicationId, 'first', 1)).rejects.toThrow(/unique/);
    await expect(draw(applicationId, 'second', TERMS.principalFen + 1)).rejects.toThrow(/drawn_within_offer/);
    await draw(applicationId, 'second', TERMS.principalFen);
    const found = await findAcceptance(database.pool, { tenantId: TENANT, applicationId, acceptanceKey: 'second' });
    expect(found?.accountId).toBe('draws-application-second');
  });

  test('shows where it stands after a step', async () => {
    const ref = await opened('projection');
    const projection = {
      ...ref,
      stage: 'overdue',
      bucket: 'M2',
      pastDueSince: '2026-04-02',
      outstandingFen: 900_000,
      overdueFen: 80_000,
      availableFen: 0,
      nextDeadlineAtMs: NOW_MS + 1,
      summary: 'overdue',
      amountBand: 'to-10k',
      asOf: '2026-05-03',
      advancedAtMs: NOW_MS,
    } as const;
    await inTransaction(database.pool, (client) => updateProjection(client, { ...projection, foldVersion: 2 }));
    expect(await readAccount(database.pool, ref)).toMatchObject({
      ...projection,
      terms: TERMS,
      applicationId: 'projection-application',
    });
    expect(await listAccountsByStage(database.pool, { tenantId: TENANT })).toContainEqual({
      product: 'cash-loan',
      stage: 'overdue',
      bucket: 'M2',
      count: 1,
      outstandingFen: 900_000,
      overdueFen: 80_000,
    });
    const standing = await readBorrowerExposure(database.pool, { tenantId: TENANT, borrowerId: 'projection-borrower' });
    expect([standing.isOverdue, standing.isFrozen]).toEqual([true, false]);
    expect(standing.accountsOfApplication('projection-application')).toBe(1);
  });

  test('freezes its borrower until the same reason is lifted', async () => {
    const ref = await opened('freeze');
    const isFrozenAfter = async (kind: 'frozen' | 'lifted', reason: string, valueDate: string) => {
      const fact: Fact = { kind, key: `${kind}/${reason}/${valueDate}`, valueDate, reason };
      await inTransaction(database.pool, (client) => recordFact(client, { ...ref, fact, arrivedAtMs: NOW_MS }));
      return (await readBorrowerExposure(database.pool, { tenantId: TENANT, borrowerId: 'freeze-borrower' })).isFrozen;
    };
    expect(await isFrozenAfter('frozen', 'A', '2026-03-05')).toBe(true);
    expect(await isFrozenAfter('lifted', 'B', '2026-03-06')).toBe(true);
    expect(await isFrozenAfter('lifted', 'A', '2026-03-05')).toBe(false);
    expect(await isFrozenAfter('frozen', 'A', '2026-03-07')).toBe(true);
  });
});

test('a timeline is read page by page, each item once', async () => {
  const ref = await opened('timeline');
  await inTransaction(database.pool, async (client) => {
    for (let number = 1; number <= 5; number += 1) {
      const fact: Fact = { ...paid(number), key: `payment/${number}` };
      await recordFact(client, { ...ref, fact, arrivedAtMs: NOW_MS + Math.floor(number / 2) });
    }
    await insertBills(client, { ...ref, statements: [BILL], issuedAtMs: NOW_MS + 1 });
  });
  const keys: string[] = [];
  let after: string | undefined;
  do {
    const page = await readTimeline(database.pool, { ...ref, after, limit: 2 });
    keys.push(...page.map(({ source, key }) => `${source} ${key}`));
    after = page.at(-1)?.cursor;
  } while (after !== undefined);
  expect(keys).toEqual([
    'fact payment/1',
    'fact payment/2',
    'fact payment/3',
    'statement 000001',
    'fact payment/4',
    'fact payment/5',
  ]);
  await expect(readTimeline(database.pool, { ...ref, after: 'x', limit: 2 })).rejects.toThrow(RangeError);
});
