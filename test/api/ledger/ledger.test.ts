/** The books over HTTP: trial balance, closes, entries of an account, payoff quotes. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServicingActivities } from '../../../src/activities/credit/servicing';
import { createDailyCloseActivities } from '../../../src/activities/ledger/dailyClose';
import { createPolicyReader } from '../../../src/db/policy/policyReader';
import { type Harness, NOW_MS, openedAccount, startHarness, TENANT, TODAY } from '../harness';

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
  const { pool } = harness;
  const policies = createPolicyReader();
  const nobody = async () => undefined;
  const { advanceAccount } = createServicingActivities({
    pool,
    policies,
    lanes: 4,
    wakeLane: nobody,
    wakeDebitLane: nobody,
  });
  const step = (accountId: string, ...arrivals: Parameters<typeof advanceAccount>[0]['arrivals']) =>
    advanceAccount({ tenantId: TENANT, accountId, asOfMs: NOW_MS, arrivals });
  await openedAccount(harness, 'loan', 'cash-loan');
  await step('loan', { kind: 'opening' });
  await openedAccount(harness, 'card', 'revolving');
  await step('card', { kind: 'opening' });
  for (const [purchaseId, amountFen] of [
    ['o1', 8_800],
    ['o2', 1_200],
    ['o3', 500],
  ] as const) {
    await step('card', { kind: 'purchase', purchase: { purchaseId, amountFen, purchasedOn: TODAY } });
  }
});
afterAll(() => harness.close());

/** A key that lacks the scope is told which. */
async function withoutScope(url: string, scope: string) {
  const key = await harness.key('portfolio:read');
  const answer = await harness.call({ method: 'GET', url, headers: { authorization: `Bearer ${key}` } });
  expect({ status: answer.status, scope: answer.body.scope }).toEqual({ status: 403, scope });
}

describe('GET /v1/ledger/trial-balance', () => {
  const URL = '/v1/ledger/trial-balance';

  it('gives the balance of every ledger account', async () => {
    const { status, body } = await harness.get(URL);
    expect(status).toBe(200);
    expect(body).toEqual({
      asOf: null,
      lines: [
        { ledgerAccount: 'funding', amountFen: -510_500 },
        { ledgerAccount: 'principal-receivable', amountFen: 510_500 },
      ],
      debitFen: 510_500,
      creditFen: 510_500,
      isBalanced: true,
    });
    expect((await harness.get(`${URL}?asOf=${TODAY}`)).body).toEqual({ ...body, asOf: TODAY });
    expect((await harness.get(`${URL}?asOf=2026-07-09`)).body).toMatchObject({ lines: [], isBalanced: true });
  });

  it('needs ledger:read', () => withoutScope(URL, 'ledger:read'));

  it.each(['asOf=2026-02-30', 'asOf=0000-01-01', 'on=2026-07-10'])('refuses %s', async (query) => {
    const { status, body } = await harness.get(`${URL}?${query}`);
    expect({ status, field: body.field }).toEqual({ status: 400, field: query.split('=')[0] });
  });
});

describe('GET /v1/ledger/closes', () => {
  const URL = '/v1/ledger/closes';

  it('lists the tries with their differences, the latest first, page by page', async () => {
    const { closeDate } = createDailyCloseActivities({ pool: harness.pool });
    const close = (businessDate: string) => closeDate({ tenantId: TENANT, businessDate, asOfMs: 0 });
    const first = await close('2026-07-09');
    const outstanding = (amountFen: number) =>
      harness.owner.query(
        `update credit_account set outstanding_fen = outstanding_fen + $1 where account_id = 'card'`,
        [amountFen],
      );
    await outstanding(7);
    await close(TODAY);
    await outstanding(-7);
    await close(TODAY);
    const { body } = await harness.get(URL);
    expect(body.nextCursor).toBeNull();
    expect(body.items.map((item: Record<string, unknown>) => [item.businessDate, item.outcome])).toEqual([
      [TODAY, 'succeeded'],
      [TODAY, 'failed'],
      ['2026-07-09', 'succeeded'],
    ]);
    expect(body.items[1].differences).toEqual([
      { check: 'projection', accountId: 'card', field: 'outstandingFen', booked: 10_507, derived: 10_500 },
    ]);
    const { tenantId: _, ...shown } = first;
    expect(body.items[2]).toEqual(shown);
    const seen: unknown[] = [];
    let cursor: string | null = null;
    do {
      const page = await harness.get(`${URL}?limit=1${cursor === null ? '' : `&cursor=${cursor}`}`);
      seen.push(...page.body.items);
      cursor = page.body.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(body.items);
  });

  it('needs ledger:read', () => withoutScope(URL, 'ledger:read'));

  it.each(['limit=0', 'cursor=x', 'page=2'])('refuses %s', async (query) => {
    const { status, body } = await harness.get(`${URL}?${query}`);
    expect({ status, field: body.field }).toEqual({ status: 400, field: query.split('=')[0] });
  });
});

describe('GET /v1/accounts/:id/entries', () => {
  const URL = '/v1/accounts/card/entries';

  it('gives each entry with its lines and what the receivables stand at', async () => {
    const { status, body } = await harness.get(URL);
    expect(status).toBe(200);
    expect(body.opening).toMatchObject({ 'principal-receivable': 0 });
    expect(
      body.items.map((item: { businessKey: string; receivables: Record<string, number> }) => [
        item.businessKey,
        item.receivables['principal-receivable'],
      ]),
    ).toEqual([
      ['purchase/o1', 8_800],
      ['purchase/o2', 10_000],
      ['purchase/o3', 10_500],
    ]);
    expect(body.items[0]).toMatchObject({
      revision: 1,
      kind: 'purchase',
      valueDate: TODAY,
      bookedAtMs: NOW_MS,
      lines: [
        { account: 'principal-receivable', amountFen: 8_800 },
        { account: 'funding', amountFen: -8_800 },
      ],
    });
  });

  it('pages without loss or repeat, each page from where the one before stood', async () => {
    const whole = (await harness.get(URL)).body.items;
    const seen: unknown[] = [];
    let cursor: string | null = null;
    let stood: unknown = (await harness.get(URL)).body.opening;
    do {
      const { body } = await harness.get(`${URL}?limit=1${cursor === null ? '' : `&cursor=${cursor}`}`);
      expect(body.opening).toEqual(stood);
      seen.push(...body.items);
      stood = body.items.at(-1).receivables;
      cursor = body.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(whole);
  });

  it('keeps to a range of value dates', async () => {
    expect((await harness.get(`${URL}?to=2026-07-09`)).body.items).toEqual([]);
    const after = (await harness.get(`${URL}?from=2026-07-11`)).body;
    expect(after).toMatchObject({ items: [], opening: { 'principal-receivable': 10_500 }, nextCursor: null });
    expect((await harness.get(`${URL}?from=${TODAY}&to=${TODAY}`)).body.items).toHaveLength(3);
  });

  it('needs accounts:read, and an account', async () => {
    await withoutScope(URL, 'accounts:read');
    expect((await harness.get('/v1/accounts/nobody/entries')).status).toBe(404);
  });

  it.each([
    ['limit=201', 'limit'],
    [`from=${TODAY}&to=2026-07-09`, 'from'],
    ['cursor=bm90LWEtY3Vyc29y', 'cursor'],
    // ["2026-02-30",1] and ["0000-01-01",1]: no dates of the database.
    ['cursor=WyIyMDI2LTAyLTMwIiwxXQ', 'cursor'],
    ['cursor=WyIwMDAwLTAxLTAxIiwxXQ', 'cursor'],
    ['page=2', 'page'],
  ])('refuses %s', async (query, field) => {
    const { status, body } = await harness.get(`${URL}?${query}`);
    expect({ status, field: body.field }).toEqual({ status: 400, field });
  });
});

describe('GET /v1/accounts/:id/payoff', () => {
  it('quotes by component on a date, and on the business date without one', async () => {
    const today = (await harness.get('/v1/accounts/loan/payoff')).body;
    expect(today).toEqual({
      accountId: 'loan',
      on: TODAY,
      stage: 'current',
      principalFen: 500_000,
      interestFen: 0,
      penaltyFen: 0,
      feeFen: 0,
      creditFen: 0,
      recoverableFen: 0,
      totalFen: 500_000,
    });
    // Ten days at 0.05 % of 5,000.00.
    const later = (await harness.get('/v1/accounts/loan/payoff?on=2026-07-20')).body;
    expect(later).toMatchObject({ on: '2026-07-20', interestFen: 2_500, totalFen: 502_500 });
  });

  it('needs accounts:read, and an account', async () => {
    await withoutScope('/v1/accounts/loan/payoff', 'accounts:read');
    expect((await harness.get('/v1/accounts/nobody/payoff')).status).toBe(404);
  });

  it.each(['2026-07-09', '2027-07-12', '9999-12-31', '2026-02-30'])('refuses %s', async (on) => {
    const { status, body } = await harness.get(`/v1/accounts/loan/payoff?on=${on}`);
    expect({ status, field: body.field }).toEqual({ status: 400, field: 'on' });
  });
});
