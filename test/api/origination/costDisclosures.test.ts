/** Cost sheets and instalment plans over HTTP: shown with their hash, named by the write, refused in words. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { textHash } from '../../../src/db/contentHash';
import { recordFact } from '../../../src/db/credit/facts';
import { insertCostDisclosure } from '../../../src/db/origination/costDisclosures';
import { inTransaction } from '../../../src/db/transaction';
import type { Fact } from '../../../src/domain/credit/facts';
import type { CostDisclosure } from '../../../src/domain/origination/costDisclosure';
import { type Harness, NOW_MS, offeredApplication, openedAccount, startHarness, TENANT, TODAY } from '../harness';

let harness: Harness;

const CARD_FACTS: Fact[] = [
  { kind: 'opened', key: 'opening', valueDate: TODAY, limitFen: 2_000_000 },
  { kind: 'purchased', key: 'purchase/o1', valueDate: TODAY, amountFen: 300_000, billableFrom: TODAY },
];
/** Every figure of it; the API never computes with a stored sheet. */
const KEPT = {
  form: 1,
  product: 'revolving',
  lenderOfRecord: '示例消费金融有限公司',
  policyVersion: '2026-03',
  limitFen: 2_000_000,
  openDate: TODAY,
  billDay: 1,
  dueDay: 20,
  minimumPaymentRatio: '0.1',
  charges: [],
  annualised: { aprNominal: '0.18250000', ear: '0.19855979' },
  defaultCosts: [],
  otherCharges: 'none',
} satisfies CostDisclosure;

beforeAll(async () => {
  harness = await startHarness();
  await openedAccount(harness, 'loan', 'cash-loan');
  await openedAccount(harness, 'card', 'revolving');
  await offeredApplication(harness, 'offered-loan', 'cash-loan');
  await offeredApplication(harness, 'offered-card', 'revolving');
  await inTransaction(harness.pool, async (client) => {
    const card = { tenantId: TENANT, accountId: 'card' };
    for (const fact of CARD_FACTS) await recordFact(client, { ...card, fact, arrivedAtMs: NOW_MS });
    await insertCostDisclosure(client, {
      ...card,
      subject: 'account',
      hash: textHash('read\n'),
      text: 'read\n',
      sheet: KEPT,
      confirmedBy: 'member-77',
      confirmedAt: '2026-07-10T11:00:00+08:00',
      recordedAtMs: NOW_MS,
    });
  });
});
beforeEach(() => {
  harness.gateway.asked = [];
  harness.gateway.outcome = { status: 'not-running' };
});
afterAll(() => harness.close());

const LOAN = 'principalFen=300000&months=6&method=level';
const CONFIRMED = { hash: 'ab'.repeat(32), confirmedBy: 'member-77', confirmedAt: '2026-07-10T11:59:00+08:00' };

describe('the cost sheet of an offer', () => {
  it('shows the terms of today with text, hash and lender', async () => {
    const { status, body } = await harness.get(`/v1/offers/offered-loan/cost-sheet?${LOAN}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      hash: textHash(body.text),
      sheet: {
        product: 'cash-loan',
        principalFen: 300_000,
        receivedFen: 300_000,
        startDate: TODAY,
        lenderOfRecord: '示例消费金融有限公司',
        otherCharges: 'none',
      },
      presentedAt: new Date(NOW_MS).toISOString(),
    });
    expect(body.sheet.instalments).toHaveLength(6);
    expect(body.text).toContain('借款本金：3,000.00元\n');
    const tomorrow = NOW_MS + 86_400_000 - 1;
    harness.clock.nowMs = tomorrow;
    const later = await harness.get(`/v1/offers/offered-loan/cost-sheet?${LOAN}`);
    harness.clock.nowMs = NOW_MS;
    expect(later.body.hash).not.toBe(body.hash);
  });

  it('of a revolving account needs no terms', async () => {
    const { body } = await harness.get('/v1/offers/offered-card/cost-sheet?dueDay=8');
    expect(body.sheet).toMatchObject({ product: 'revolving', limitFen: 2_000_000, dueDay: 8 });
  });

  it.each([
    ['a missing term', 'offered-loan', 'principalFen=300000&method=level', 'months', 'is missing'],
    ['a due day of a loan', 'offered-loan', `${LOAN}&dueDay=8`, 'dueDay', 'is not known here'],
    ['months of a card', 'offered-card', 'months=6', 'months', 'is not known here'],
    [
      'an amount in yuan',
      'offered-loan',
      LOAN.replace('300000', '3000.00'),
      'principalFen',
      'does not have the right form',
    ],
    ['above the bound', 'offered-loan', LOAN.replace('300000', '100000000001'), 'principalFen', 'is too large'],
  ])('asks for the terms of the product: %s', async (_, id, query, field, fault) => {
    const { status, body } = await harness.get(`/v1/offers/${id}/cost-sheet?${query}`);
    expect(status).toBe(400);
    expect(body.errors).toContainEqual(expect.objectContaining({ field, fault }));
  });

  it('refuses already what the acceptance would refuse, with its reason', async () => {
    const { status, body } = await harness.get(`/v1/offers/offered-loan/cost-sheet?${LOAN.replace('=6', '=5')}`);
    expect(status).toBe(422);
    expect(body).toMatchObject({ reasonCodes: ['TERM_NOT_OFFERED'], field: 'months' });
  });

  it('is named by the acceptance, which hands the confirmation on as it is', async () => {
    harness.gateway.outcome = { status: 'answered', answer: { status: 'opened', accountId: 'offered-card-1' } };
    await harness.post('/v1/offers/offered-card/acceptance', { costSheet: CONFIRMED });
    expect(harness.gateway.asked[0]?.input).toMatchObject({ product: 'revolving', costSheet: CONFIRMED });
  });

  it('tells why it is refused, and by which figures', async () => {
    const figures = { annualisedCost: '0.24091233', annualCap: '0.24' };
    harness.gateway.outcome = {
      status: 'answered',
      answer: { status: 'refused', reasonCodes: ['COST_ABOVE_CAP'], figures },
    };
    const { status, body } = await harness.post('/v1/offers/offered-card/acceptance', { costSheet: CONFIRMED });
    expect(status).toBe(422);
    expect(body).toMatchObject({ reasonCodes: ['COST_ABOVE_CAP'], figures });
    harness.gateway.outcome = {
      status: 'answered',
      answer: { status: 'refused', reasonCodes: ['COST_SHEET_NOT_CONFIRMED'], costSheet: { hash: 'x', text: 'y' } },
    };
    const without = await harness.post('/v1/offers/offered-card/acceptance', {});
    expect(without.body).toMatchObject({ reasonCodes: ['COST_SHEET_NOT_CONFIRMED'], field: 'costSheet' });
  });

  it.each([
    ['a hash that is none', { ...CONFIRMED, hash: 'abc' }, 'costSheet.hash', 'does not have the right form'],
    [
      'an instant without offset',
      { ...CONFIRMED, confirmedAt: '2026-07-10T11:59:00' },
      'costSheet.confirmedAt',
      'does not have the right form',
    ],
    [
      'a confirmation of tomorrow',
      { ...CONFIRMED, confirmedAt: '2026-07-11T00:00:00+08:00' },
      'costSheet.confirmedAt',
      'is in the future',
    ],
    ['nobody who confirmed', { ...CONFIRMED, confirmedBy: undefined }, 'costSheet.confirmedBy', 'is missing'],
  ])('is not taken with %s', async (_, costSheet, field, fault) => {
    const { status, body } = await harness.post('/v1/offers/offered-card/acceptance', { costSheet });
    expect(status).toBe(400);
    expect(body.errors[0]).toMatchObject({ field, fault });
    expect(harness.gateway.asked).toEqual([]);
  });
});

it('shows what was confirmed for an account', async () => {
  const { body } = await harness.get('/v1/accounts/card/cost-sheets');
  expect(body.items).toEqual([
    {
      subject: 'account',
      hash: textHash('read\n'),
      text: 'read\n',
      sheet: KEPT,
      confirmedBy: 'member-77',
      confirmedAtMs: Date.parse('2026-07-10T03:00:00Z'),
      recordedAtMs: NOW_MS,
    },
  ]);
});

it('shows the lender of record of an account', async () => {
  expect((await harness.get('/v1/accounts/card')).body.lenderOfRecord).toBe('示例消费金融有限公司');
});

describe('instalment plans', () => {
  const PLAN = { planId: 'p1', unbilled: true, principalFen: 300_000, months: 3 };
  const sheetOf = (query: string) => harness.get(`/v1/accounts/card/instalment-cost-sheet?${query}`);

  it('show what they cost, or why they are refused', async () => {
    const { body } = await sheetOf('unbilled=true&principalFen=300000&months=3&feePayer=borrower');
    expect(body).toMatchObject({
      hash: textHash(body.text),
      // V6 of the facts: three parts of 1,025.00.
      sheet: { product: 'instalment-plan', instalments: [{ paymentFen: 102_500, dueDate: '2026-08-20' }, {}, {}] },
    });
    const tooMuch = await sheetOf('unbilled=true&principalFen=300001&months=3&feePayer=borrower');
    expect(tooMuch.status).toBe(422);
    expect(tooMuch.body).toMatchObject({
      reasonCodes: ['ABOVE_SPLITTABLE_AMOUNT'],
      figures: { splittableFen: 300_000 },
      field: 'principalFen',
    });
    const noSource = await sheetOf('principalFen=300000&months=3&feePayer=borrower');
    expect(noSource.body.errors[0]).toMatchObject({ field: 'statementNumber' });
  });

  it('start with the confirmed sheet, and are answered with their parts', async () => {
    const parts = [{ number: 1, dueDate: '2026-08-20', principalFen: 100_000, feeFen: 2_500 }];
    harness.gateway.outcome = { status: 'answered', answer: { status: 'accepted', parts } };
    const { status, body } = await harness.post('/v1/accounts/card/instalment-plans', {
      ...PLAN,
      costSheet: CONFIRMED,
    });
    expect(status).toBe(200);
    expect(body).toEqual({ status: 'accepted', accountId: 'card', parts });
    expect(harness.gateway.asked).toMatchObject([
      {
        name: 'startInstalments',
        workflowId: `revolving/${TENANT}/card`,
        input: { ...PLAN, feePayer: 'borrower', startedOn: TODAY, costSheet: CONFIRMED },
      },
    ]);
  });

  it('settle early, by the plan that the path names', async () => {
    harness.gateway.outcome = { status: 'answered', answer: { status: 'refused', reasonCodes: ['PLAN_ENDED'] } };
    const path = '/v1/accounts/card/instalment-plans/p1/settlement';
    const { status, body } = await harness.post(path, { settlementId: 's1' });
    expect(status).toBe(422);
    expect(body).toMatchObject({ reasonCodes: ['PLAN_ENDED'], field: 'planId' });
    expect(harness.gateway.asked).toMatchObject([
      { name: 'settleInstalments', input: { settlementId: 's1', planId: 'p1', settledOn: TODAY } },
    ]);
  });

  it.each([
    ['both sources', { ...PLAN, statementNumber: 1 }, 'statementNumber'],
    ['no source', { ...PLAN, unbilled: undefined }, 'statementNumber'],
    ['a payer that is none', { ...PLAN, feePayer: 'nobody' }, 'feePayer'],
    ['tomorrow', { ...PLAN, startedOn: '2026-07-11' }, 'startedOn'],
  ])('are not taken with %s', async (_, body, field) => {
    const answer = await harness.post('/v1/accounts/card/instalment-plans', body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors[0]).toMatchObject({ field });
    expect(harness.gateway.asked).toEqual([]);
  });

  it('are not there on a cash loan, and need their scope', async () => {
    const answers = [
      await harness.post('/v1/accounts/loan/instalment-plans', PLAN),
      await harness.post('/v1/accounts/loan/instalment-plans/p1/settlement', { settlementId: 's1' }),
      await harness.get(
        '/v1/accounts/loan/instalment-cost-sheet?unbilled=true&principalFen=1&months=3&feePayer=borrower',
      ),
    ];
    for (const { status, body } of answers) {
      expect([status, body.type]).toEqual([422, 'urn:creditloom:problem:wrong-product']);
    }
    const authorization = `Bearer ${await harness.key('payments:write')}`;
    const headers = { authorization, 'idempotency-key': 'no-scope' };
    const url = '/v1/accounts/card/instalment-plans';
    const answer = await harness.call({ method: 'POST', url, headers, payload: PLAN });
    expect([answer.status, answer.body.scope]).toEqual([403, 'instalments:write']);
  });
});
