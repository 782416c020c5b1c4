/** Reads over HTTP: applications, offers, accounts, their timelines, and the portfolio. */

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { insertBills } from '../../src/db/credit/bills';
import { recordFact } from '../../src/db/credit/facts';
import { bookEntries } from '../../src/db/ledger/journal';
import { insertWarnings } from '../../src/db/risk/warnings';
import { inTransaction } from '../../src/db/transaction';
import { atWallTimeMs, SHANGHAI } from '../../src/domain/values/clock';
import { Unreachable } from '../../src/platform/outcomeUnknown';
import {
  applicationOf,
  type Harness,
  NOW_MS,
  offeredApplication,
  openedAccount,
  startHarness,
  TENANT,
  TODAY,
} from './harness';

const ACCOUNT = { tenantId: TENANT, accountId: 'card' };
const BILL = {
  number: 1,
  billDate: TODAY,
  dueDate: '2026-07-20',
  totalFen: 8800,
  minimumPaymentFen: 880,
  principalFen: 8800,
  interestFen: 0,
  penaltyFen: 0,
  feeFen: 0,
};

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
  await offeredApplication(harness, 'offered', 'cash-loan');
  await harness.post('/v1/applications', applicationOf('waiting'));
  await openedAccount(harness, 'card', 'revolving');
  await inTransaction(harness.pool, async (client) => {
    const purchase = { key: 'purchase/1', valueDate: TODAY, amountFen: 8800, billableFrom: TODAY };
    await recordFact(client, { ...ACCOUNT, fact: { kind: 'purchased', ...purchase }, arrivedAtMs: NOW_MS });
    const lines = [
      { account: 'principal-receivable' as const, amountFen: 8800 },
      { account: 'funding' as const, amountFen: -8800 },
    ];
    const entries = [{ key: 'purchase/1', kind: 'purchase' as const, valueDate: TODAY, lines }];
    await bookEntries(client, { ...ACCOUNT, entries, bookedAtMs: NOW_MS });
    await insertBills(client, { ...ACCOUNT, statements: [BILL], issuedAtMs: NOW_MS + 1 });
    const warnings = [{ rule: 'HIGH_UTILISATION' as const, episodeKey: 'e-1', reason: 'high', freeze: false }];
    await insertWarnings(client, { ...ACCOUNT, warnings, raisedAtMs: NOW_MS + 2 });
  });
});
afterAll(() => harness.close());

describe('applications and offers', () => {
  it('shows stage, reasons in words, and the offer with what remains', async () => {
    const { status, body } = await harness.get('/v1/applications/offered');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      applicationId: 'offered',
      product: 'cash-loan',
      stage: 'offered',
      reasonCodes: ['LIMIT_BY_BAND'],
      scorePoints: 640,
      offer: { limitFen: 2_000_000, remainingFen: 2_000_000, dailyRate: '0.0005' },
    });
    expect(body.reasons[0]).toEqual({ code: 'LIMIT_BY_BAND', en: expect.any(String), zh: expect.any(String) });
    expect((await harness.get('/v1/offers/offered')).body).toEqual(body.offer);
  });

  it('shows a person by id only', async () => {
    const { body } = await harness.get('/v1/applications/waiting');
    expect(body).toMatchObject({ stage: 'assessing', borrowerId: 'borrower-of-waiting', reasonCodes: [], offer: null });
    expect(Object.keys(body)).not.toContain('borrower');
  });

  it('has no offer where there is none, and no application that was never received', async () => {
    expect((await harness.get('/v1/offers/waiting')).body.detail).toContain('it is assessing');
    expect((await harness.get('/v1/offers/waiting')).status).toBe(404);
    expect((await harness.get('/v1/applications/never')).status).toBe(404);
  });
});

describe('accounts', () => {
  it('shows terms, stage, balances from the ledger, and bills', async () => {
    const { status, body } = await harness.get('/v1/accounts/card');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      accountId: 'card',
      product: 'revolving',
      terms: { product: 'revolving', limitFen: 2_000_000, openDate: TODAY, dueDay: 20 },
      stage: 'current',
      bucket: 'M0',
      daysPastDue: 0,
      asOf: TODAY,
      // The next bill.
      nextDeadlineAtMs: atWallTimeMs('2026-08-01', '00:00', SHANGHAI),
      balances: { 'principal-receivable': 8800, funding: -8800 },
      statements: [BILL],
      links: { timeline: '/v1/accounts/card/timeline' },
    });
  });

  it('pages through the timeline without loss or repeat', async () => {
    const whole = await harness.get('/v1/accounts/card/timeline');
    expect(whole.body.items.map(({ source }: { source: string }) => source)).toEqual([
      'fact',
      'entry',
      'statement',
      'warning',
    ]);
    expect(whole.body.nextCursor).toBeNull();
    const seen: unknown[] = [];
    let cursor: string | null = null;
    do {
      const url: string = `/v1/accounts/card/timeline?limit=1${cursor ? `&cursor=${cursor}` : ''}`;
      const { body } = await harness.get(url);
      seen.push(...body.items);
      cursor = body.nextCursor;
    } while (cursor);
    expect(seen).toEqual(whole.body.items);
  });

  it.each([
    ['limit=0', 'limit'],
    ['limit=201', 'limit'],
    ['cursor=bm90LWEtY3Vyc29y', 'cursor'],
    ['page=2', 'page'],
  ])('refuses %s', async (query, field) => {
    const { status, body } = await harness.get(`/v1/accounts/card/timeline?${query}`);
    expect(status).toBe(400);
    expect(body.field).toBe(field);
  });
});

describe('the portfolio', () => {
  it('counts, and says that the ledger balances', async () => {
    const { body } = await harness.get('/v1/portfolio');
    expect(body).toMatchObject({
      businessDate: TODAY,
      accounts: [{ product: 'revolving', stage: 'current', bucket: 'M0', count: 1 }],
      warnings: [{ rule: 'HIGH_UTILISATION', count: 1 }],
      notices: [],
      debits: [],
      ledger: {
        isBalanced: true,
        totalFen: 0,
        lines: [
          { ledgerAccount: 'funding', amountFen: -8800 },
          { ledgerAccount: 'principal-receivable', amountFen: 8800 },
        ],
        unbalancedAccounts: [],
      },
    });
    expect(body.applications).toContainEqual({ product: 'cash-loan', stage: 'assessing', count: 1 });
  });

  it('says so when the balances of an account do not sum to nothing', async () => {
    // What no statement of ours can do: the guard of the table is taken off for it.
    await harness.owner.query('alter table ledger_balance disable trigger only_by_posting');
    await harness.owner.query(`update ledger_balance set amount_fen = 1 where ledger_account = 'funding'`);
    await harness.owner.query('alter table ledger_balance enable trigger only_by_posting');
    const { body } = await harness.get('/v1/portfolio');
    expect(body.ledger.isBalanced).toBe(false);
    expect(body.ledger.unbalancedAccounts).toEqual([{ accountId: 'card', sumFen: 8801 }]);
  });
});

describe('an account in write-off review', () => {
  const VOICE = { decidedBy: 'staff-01', reason: 'nobody answers', saidAtMs: NOW_MS };
  const voices = async () => (await harness.get('/v1/accounts/lost')).body.writeOffVoices;

  it('shows who has said yes, and says when it cannot tell', async () => {
    await openedAccount(harness, 'lost', 'cash-loan');
    expect(await voices()).toEqual([]);
    await harness.owner.query(`update credit_account set stage = 'write-off-review' where account_id = 'lost'`);
    expect(await voices()).toEqual([]);
    const workflowId = `cash-loan/${TENANT}/lost`;
    harness.gateway.states.set(workflowId, { writeOffVoices: [VOICE] });
    expect(await voices()).toEqual([VOICE]);
    harness.gateway.states.set(workflowId, { writeOffVoices: [{ decidedBy: 'staff-01' }] });
    expect(await voices()).toEqual([{ decidedBy: 'staff-01', reason: null, saidAtMs: null }]);
    harness.gateway.fault = new Unreachable('Temporal');
    expect(await voices()).toBeNull();
    harness.gateway.fault = undefined;
  });
});
