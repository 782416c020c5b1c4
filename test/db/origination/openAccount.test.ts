/** Taking up an offer on a real database: the confirmed cost sheet, the caps, the lender of record. */

import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createAssessmentActivities } from '../../../src/activities/origination/assessment';
import { accountIdOf } from '../../../src/activities/origination/openAccount';
import type { Acceptance, AcceptanceResult } from '../../../src/contracts/origination/application';
import { textHash } from '../../../src/db/contentHash';
import { readAccount } from '../../../src/db/credit/accounts';
import { insertApplication, saveDecision } from '../../../src/db/origination/applications';
import { ensureBorrower, lockBorrower } from '../../../src/db/origination/borrowers';
import { readCostDisclosures } from '../../../src/db/origination/costDisclosures';
import { insertPolicy } from '../../../src/db/policy/policies';
import { createPolicyReader } from '../../../src/db/policy/policyReader';
import { inTransaction } from '../../../src/db/transaction';
import { defaultPolicy } from '../../../src/domain/policy/defaultPolicy';
import type { LendingPolicy, Product } from '../../../src/domain/policy/lendingPolicy';
import { atWallTimeMs, SHANGHAI } from '../../../src/domain/values/clock';
import { confirmedFor } from '../../support/costSheets';
import { until } from '../../support/credits';
import { byContent } from '../../support/inOrder';
import { DAY_MS, TENANT, useDatabase } from '../testDatabase';

const database = useDatabase();
const AT_MS = atWallTimeMs('2026-03-02', '12:00', SHANGHAI);

const CAPPED: LendingPolicy = {
  ...defaultPolicy,
  version: 'capped',
  effectiveFrom: '2026-01-01',
  cost: { annualCap: '0.14', tolerance: '0.000001' },
};
const SHIFTED: LendingPolicy = {
  ...defaultPolicy,
  version: 'shifted',
  lenderOfRecord: '另一家示例公司',
  cashLoan: { ...defaultPolicy.cashLoan, dueDateShift: 'next-working-day' },
};

beforeAll(() =>
  inTransaction(database.owner, async (client) => {
    for (const policy of [defaultPolicy, CAPPED, SHIFTED]) await insertPolicy(client, { tenantId: TENANT, policy });
  }),
);

interface Offered {
  product?: Product;
  limitFen?: number;
  borrowerId?: string;
  policy?: LendingPolicy;
  owedElsewhereFen?: number;
}

/** An application with an offer, as assessment leaves it. */
async function offered(applicationId: string, given: Offered = {}): Promise<void> {
  const { product = 'cash-loan', limitFen = 5_000_000, policy = defaultPolicy } = given;
  const borrowerId = given.borrowerId ?? `${applicationId}-borrower`;
  const finances = given.owedElsewhereFen === undefined ? {} : { unsecuredDebtFen: given.owedElsewhereFen };
  const offer = { product, limitFen, dailyRate: '0.0004', expiresAtMs: AT_MS + 30 * DAY_MS };
  await inTransaction(database.pool, async (client) => {
    await ensureBorrower(client, { tenantId: TENANT, borrowerId });
    await insertApplication(client, {
      tenantId: TENANT,
      applicationId,
      borrowerId,
      product,
      requestedFen: limitFen,
      facts: { identity: {}, finances, behaviour: {} },
      receivedAtMs: AT_MS,
    });
    const judged = { outcome: 'approved' as const, reasonCodes: [], scorePoints: 640, scoreParts: {} };
    await saveDecision(client, {
      tenantId: TENANT,
      applicationId,
      stage: 'offered',
      assessment: { ...judged, limitFen, dailyRate: '0.0004', policyVersion: policy.version },
      offer: { ...offer, policyVersion: policy.version },
      atMs: AT_MS,
    });
  });
}

const LOAN = {
  product: 'cash-loan',
  key: 'accept',
  acceptedOn: '2026-03-02',
  principalFen: 1_000_000,
  months: 6,
  method: 'level',
} as const;
const CARD = { product: 'revolving', key: 'accept', acceptedOn: '2026-03-02' } as const;

async function take(applicationId: string, acceptance: Acceptance, asOfMs = AT_MS): Promise<AcceptanceResult> {
  const { openAccount } = createAssessmentActivities({
    pool: database.pool,
    policies: createPolicyReader(),
    startAccount: async () => undefined,
  });
  return openAccount({ tenantId: TENANT, applicationId, asOfMs, acceptance });
}

/** With the sheet of what is asked for, as it is at the instant of reading. */
async function takeConfirmed(applicationId: string, terms: Acceptance, readAtMs = AT_MS, asOfMs = AT_MS) {
  const application = { tenantId: TENANT, applicationId, asOfMs: readAtMs };
  const costSheet = await confirmedFor(database.pool, application, terms);
  return take(applicationId, { ...terms, costSheet }, asOfMs);
}

/** Connections that wait for a lock of another one. */
async function waiting(): Promise<number> {
  const { rows } = await database.owner.query<{ count: number }>(
    `select count(*) as count from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return rows[0]?.count ?? 0;
}

const accountsOf = async (applicationId: string) => {
  const { rows } = await database.owner.query<{ id: string }>(
    'select account_id as id from credit_account where application_id = $1 order by 1',
    [applicationId],
  );
  return rows.map(({ id }) => id);
};

describe('the cost sheet', () => {
  test('must be confirmed before; the refusal brings it, and its hash is that of its text', async () => {
    await offered('unconfirmed');
    const told = await take('unconfirmed', LOAN);
    if (told.status !== 'refused' || !told.costSheet) throw new Error('it was not refused with a sheet');
    expect(told.reasonCodes).toEqual(['COST_SHEET_NOT_CONFIRMED']);
    expect(told.costSheet.hash).toBe(textHash(told.costSheet.text));
    expect(told.costSheet.text).toContain('借款本金：10,000.00元\n');
    expect(await accountsOf('unconfirmed')).toEqual([]);

    const costSheet = { hash: told.costSheet.hash, confirmedBy: 'member-1', confirmedAt: '2026-03-02T11:59:00+08:00' };
    expect(await take('unconfirmed', { ...LOAN, key: 'again', costSheet })).toMatchObject({ status: 'opened' });
    const ref = { tenantId: TENANT, accountId: 'unconfirmed-1' };
    expect(await readCostDisclosures(database.pool, ref)).toEqual([
      {
        subject: 'account',
        ...told.costSheet,
        sheet: expect.objectContaining({ product: 'cash-loan', principalFen: 1_000_000, months: 6 }),
        confirmedBy: 'member-1',
        confirmedAtMs: Date.parse('2026-03-02T03:59:00Z'),
        recordedAtMs: AT_MS,
      },
    ]);
  });

  test('under a key that the API gives, which the API has not signed, is refused', async () => {
    await offered('misnamed');
    const actor = { principal: 'system:shop', issuedAtMs: 1, mac: 'f'.repeat(64) };
    expect(await take('misnamed', { ...LOAN, key: `again-2-${'a'.repeat(40)}`, actor })).toEqual({
      status: 'refused',
      reasonCodes: ['RESERVED_ID'],
    });
    expect(await accountsOf('misnamed')).toEqual([]);
  });

  test.each<[string, Partial<typeof LOAN> | object]>([
    ['amount', { principalFen: 1_000_001 }],
    ['months', { months: 12 }],
    ['method', { method: 'interest-first' }],
  ])('of another %s is refused', async (what, changes) => {
    const applicationId = `differs-${what}`;
    await offered(applicationId);
    const application = { tenantId: TENANT, applicationId, asOfMs: AT_MS };
    const costSheet = await confirmedFor(database.pool, application, { ...LOAN, ...changes });
    expect(await take(applicationId, { ...LOAN, costSheet })).toMatchObject({
      status: 'refused',
      reasonCodes: ['COST_SHEET_DIFFERS'],
      costSheet: { hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    expect(await accountsOf(applicationId)).toEqual([]);
  });

  test('of yesterday is refused: the day is a part of the terms', async () => {
    await offered('yesterday');
    expect(await takeConfirmed('yesterday', LOAN, AT_MS - DAY_MS)).toMatchObject({
      reasonCodes: ['COST_SHEET_DIFFERS'],
    });
    expect(await takeConfirmed('yesterday', LOAN, AT_MS - 3_600_000)).toMatchObject({ status: 'opened' });
  });

  test('of a revolving account as well', async () => {
    await offered('card', { product: 'revolving', limitFen: 1_000_000 });
    expect(await take('card', CARD)).toMatchObject({ reasonCodes: ['COST_SHEET_NOT_CONFIRMED'] });
    expect(await takeConfirmed('card', CARD)).toEqual({ status: 'opened', accountId: 'card-1' });
  });

  test('is not compared in a repeat: what was opened under a key is answered as before', async () => {
    await offered('repeat');
    expect(await takeConfirmed('repeat', LOAN)).toMatchObject({ status: 'opened' });
    const later = AT_MS + 3 * DAY_MS;
    // As it was stored before there were sheets, and with another confirmation.
    expect(await take('repeat', LOAN, later)).toEqual({ status: 'opened', accountId: 'repeat-1' });
    expect(await takeConfirmed('repeat', LOAN, later, later)).toEqual({ status: 'opened', accountId: 'repeat-1' });
    expect(await take('repeat', { ...LOAN, months: 12 }, later)).toMatchObject({
      reasonCodes: ['SAME_KEY_OTHER_CONTENT'],
    });
    expect(await accountsOf('repeat')).toEqual(['repeat-1']);
  });

  test('cannot be kept under a hash that is not its own', async () => {
    const insert = `insert into cost_sheet_confirmation select tenant_id, account_id, 'other', sheet_hash,
      sheet_text || '.', sheet, confirmed_by, confirmed_at, recorded_at_ms from cost_sheet_confirmation limit 1`;
    await expect(database.owner.query(insert)).rejects.toThrow(/hash_is_of_text/);
  });
});

describe('the cost cap', () => {
  test('refuses with the figure, whatever was confirmed', async () => {
    await offered('dear', { policy: CAPPED });
    const told = await takeConfirmed('dear', LOAN);
    expect(told).toEqual({
      status: 'refused',
      reasonCodes: ['COST_ABOVE_CAP'],
      figures: { annualisedCost: expect.stringMatching(/^0\.14\d{6}$/), annualCap: '0.14' },
    });
    expect(await accountsOf('dear')).toEqual([]);
  });
});

describe('the cap on unsecured credit', () => {
  test('counts limits, open loans, what is owed elsewhere and what is asked for, and refuses with the sum', async () => {
    const borrowerId = 'much';
    await offered('much-card', { product: 'revolving', limitFen: 5_000_000, borrowerId });
    await offered('much-loan', { limitFen: 12_000_000, borrowerId });
    const owedElsewhereFen = 6_000_000;
    await offered('much-more', { limitFen: 8_000_000, borrowerId, owedElsewhereFen });
    expect(await takeConfirmed('much-card', CARD)).toMatchObject({ status: 'opened' });
    // Opened and not paid out yet: its principal counts all the same.
    expect(await takeConfirmed('much-loan', { ...LOAN, principalFen: 6_000_000 })).toMatchObject({ status: 'opened' });
    const loan = (principalFen: number) => ({ ...LOAN, principalFen });
    expect(await takeConfirmed('much-more', loan(3_000_001))).toEqual({
      status: 'refused',
      reasonCodes: ['UNSECURED_CAP'],
      figures: { unsecuredFen: 20_000_001, maxUnsecuredFen: 20_000_000 },
    });
    // What was repaid counts no more, a closed account not at all.
    await database.owner.query(
      `update credit_account set outstanding_fen = 1000000, advanced_at_ms = 1 where account_id = 'much-loan-1'`,
    );
    expect(await takeConfirmed('much-more', loan(8_000_000))).toMatchObject({ status: 'opened' });
    await offered('much-again', { borrowerId, limitFen: 5_000_000, owedElsewhereFen });
    expect(await takeConfirmed('much-again', loan(5_000_000))).toMatchObject({ status: 'refused' });
    await database.owner.query(
      `update credit_account set stage = 'settled', bucket = null where account_id = 'much-more-1'`,
    );
    expect(await takeConfirmed('much-again', loan(5_000_000))).toMatchObject({ status: 'opened' });
  });

  test('lets only so many of one borrower pass together', async () => {
    const borrowerId = 'eager';
    const names = [1, 2, 3, 4, 5].map((number) => `eager-${number}`);
    for (const name of names) await offered(name, { limitFen: 6_000_000, borrowerId });
    // Each alone would pass, and three of them together. All are under way before the first may go on.
    const held = await database.pool.connect();
    await held.query('begin');
    await lockBorrower(held, { tenantId: TENANT, borrowerId });
    const taken = names.map((name) => takeConfirmed(name, { ...LOAN, principalFen: 6_000_000 }));
    await until(async () => (await waiting()) === names.length);
    await held.query('commit');
    held.release();
    const results = await Promise.all(taken);
    expect(
      results.map((result) => (result.status === 'opened' ? 'opened' : result.reasonCodes[0])).sort(byContent),
    ).toEqual(['UNSECURED_CAP', 'UNSECURED_CAP', 'opened', 'opened', 'opened']);
  });
});

test('the lender of record is that of the policy, and never changes', async () => {
  await offered('lent', { policy: SHIFTED });
  expect(await takeConfirmed('lent', LOAN)).toMatchObject({ status: 'opened' });
  const account = await readAccount(database.pool, { tenantId: TENANT, accountId: 'lent-1' });
  expect(account).toMatchObject({ lenderOfRecord: '另一家示例公司' });
  const change = `update credit_account set lender_of_record = 'x' where account_id = 'lent-1'`;
  await expect(database.owner.query(change)).rejects.toThrow(/never changes/);
});

test('due dates that move are part of the terms, and absent where the policy moves none', async () => {
  await offered('moved', { policy: SHIFTED });
  await offered('unmoved');
  expect(await takeConfirmed('moved', LOAN)).toMatchObject({ status: 'opened' });
  expect(await takeConfirmed('unmoved', LOAN)).toMatchObject({ status: 'opened' });
  const termsOf = async (accountId: string) =>
    (await readAccount(database.pool, { tenantId: TENANT, accountId }))?.terms;
  // 2 May is in the holiday of Labour Day, 2 August a Sunday.
  expect(await termsOf('moved-1')).toMatchObject({
    dueDates: ['2026-04-02', '2026-05-06', '2026-06-02', '2026-07-02', '2026-08-03', '2026-09-02'],
  });
  expect(await termsOf('unmoved-1')).not.toHaveProperty('dueDates');
});

describe('the id of an account', () => {
  test('is that of its application and a number, as it always was, where there is room', () => {
    expect([accountIdOf('a-1', 1), accountIdOf('x'.repeat(95), 9_999)]).toEqual(['a-1-1', `${'x'.repeat(95)}-9999`]);
  });

  test('fits its bound and is shared by no two applications, however long they are', () => {
    const applicationId = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/);
    const long = fc.integer({ min: 93, max: 100 }).map((length) => 'y'.repeat(length));
    // What a long one is cut to, taken as an application's id itself.
    const forged = long.map((id) => accountIdOf(id, 1).replace(/-1$/, ''));
    const any = fc.oneof(applicationId, long, forged);
    fc.assert(
      fc.property(any, any, fc.integer({ min: 1, max: 999 }), fc.integer({ min: 1, max: 999 }), (one, other, n, m) => {
        expect(accountIdOf(one, n)).toMatch(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/);
        if (one !== other || n !== m) expect(accountIdOf(one, n)).not.toBe(accountIdOf(other, m));
      }),
    );
  });
});
