/**
 * Dates that we gave an arrival, because it had none or none that can count: what comes again is the same fact, and a
 * date that was moved is told.
 */
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import type { Arrival } from '../../../src/contracts/activities';
import type { Datable } from '../../../src/contracts/credit/datable';
import { recordFact } from '../../../src/db/credit/facts';
import { readTimeline } from '../../../src/db/credit/timeline';
import { inTransaction } from '../../../src/db/transaction';
import type { IsoDate } from '../../../src/domain/values/calendar';
import { expectSoundBooks } from '../../support/books';
import {
  CASH_LOAN,
  noonOf,
  OPENED_ON,
  openOnTerms,
  payment,
  purchase,
  REVOLVING,
  type Step,
  stepsOn,
} from '../servicedAccounts';
import { TENANT, useDatabase } from '../testDatabase';

const database = useDatabase();
let accounts = 0;
let pool: Pool;
let step: Step;

beforeEach(() => {
  pool = database.pool;
  step = stepsOn(pool);
});

const FIRST = '2026-03-20';
const NEXT_DAY = '2026-03-21';

async function opened(product: 'card' | 'loan'): Promise<string> {
  const accountId = `${product}-${++accounts}`;
  await openOnTerms(pool, accountId, product === 'card' ? REVOLVING : CASH_LOAN);
  await step(accountId, OPENED_ON, { kind: 'opening' });
  const held: Arrival = {
    kind: 'purchase',
    purchase: { purchaseId: 'held', amountFen: 40_000, purchasedOn: '2026-03-10', posting: 'at-confirmation' },
  };
  // What is refunded was bought.
  if (product === 'card') await step(accountId, '2026-03-10', held, purchase('posted', 5_000, '2026-03-10'));
  await step(accountId, '2026-03-10', payment('before', 25_000, '2026-03-09'));
  return accountId;
}

/** What is on record of a key: the facts' bodies, and the codes of what was refused. */
async function recorded(accountId: string, key: string) {
  const facts = await pool.query<{ body: Record<string, unknown> }>(
    'select body from account_fact where account_id = $1 and business_key = $2',
    [accountId, key],
  );
  const refused = await pool.query<{ codes: string[] }>(
    'select reason_codes as codes from refused_arrival where account_id = $1 and business_key = $2',
    [accountId, key],
  );
  return { facts: facts.rows.map(({ body }) => body), refused: refused.rows.map(({ codes }) => codes) };
}

type Kind = Exclude<Arrival['kind'], 'opening' | 'write-off' | 'rate-correction' | 'instalment-start' | 'mandate'>;

/** The arrival of each kind that may come without a date; `amountFen` is its content, or a mark in its place. */
const KINDS: [Kind, 'card' | 'loan', string, (date: IsoDate, dating: Datable, amountFen?: number) => Arrival][] = [
  [
    'payment',
    'loan',
    'payment/x',
    (paidOn, dating, amountFen = 1_000) => ({
      kind: 'payment',
      payment: { paymentId: 'x', amountFen, paidOn, intent: 'instalment', ...dating },
    }),
  ],
  [
    'reversal',
    'loan',
    'reversal/x',
    (reversedOn, dating, amountFen) => ({
      kind: 'reversal',
      reversal: { reversalId: 'x', paymentId: amountFen ? 'other' : 'before', reversedOn, ...dating },
    }),
  ],
  [
    'purchase',
    'card',
    'purchase/x',
    (purchasedOn, dating, amountFen = 1_000) => ({
      kind: 'purchase',
      purchase: { purchaseId: 'x', amountFen, purchasedOn, ...dating },
    }),
  ],
  [
    'confirmation',
    'card',
    'confirmation/x',
    (confirmedOn, dating, amountFen) => ({
      kind: 'confirmation',
      confirmation: { confirmationId: 'x', purchaseId: amountFen ? 'other' : 'held', confirmedOn, ...dating },
    }),
  ],
  [
    'refund',
    'card',
    'refund/x',
    (refundedOn, dating, amountFen = 1_000) => ({
      kind: 'refund',
      refund: { refundId: 'x', amountFen, refundedOn, ...dating },
    }),
  ],
  [
    'credit-return',
    'card',
    'credit-return/x',
    (returnedOn, dating, amountFen = 1_000) => ({
      kind: 'credit-return',
      creditReturn: { returnId: 'x', amountFen, returnedOn, ...dating },
    }),
  ],
];

describe.each(KINDS)('a %s without a date', (_, product, key, arrivalOf) => {
  const UNDATED: Datable = { undated: true };

  it('is the same when it comes again after midnight', async () => {
    const accountId = await opened(product);
    await step(accountId, FIRST, arrivalOf(FIRST, UNDATED));
    const { facts } = await recorded(accountId, key);
    expect(facts).toMatchObject([{ valueDate: FIRST }]);
    expect(facts[0]).not.toHaveProperty('undated');
    const again = await step(accountId, NEXT_DAY, arrivalOf(NEXT_DAY, UNDATED));
    expect(await recorded(accountId, key)).toEqual({ facts, refused: [] });
    expect([...Object.values(again.changes ?? {}), ...Object.values(again.purchases)]).toEqual(
      key.startsWith('purchase')
        ? [expect.objectContaining({ status: 'approved' })]
        : /^(credit|restr)/.test(key)
          ? [{ status: 'accepted' }]
          : [],
    );
    await expectSoundBooks(pool, TENANT);
  });

  it('is the same when it came with its date first, or comes with it afterwards', async () => {
    for (const [first, second] of [
      [arrivalOf(FIRST, {}), arrivalOf(NEXT_DAY, UNDATED)],
      [arrivalOf(FIRST, UNDATED), arrivalOf(FIRST, {})],
    ] as const) {
      const accountId = await opened(product);
      await step(accountId, FIRST, first);
      await step(accountId, NEXT_DAY, second);
      const { facts, refused } = await recorded(accountId, key);
      expect({ dates: facts.map(({ valueDate }) => valueDate), refused }).toEqual({ dates: [FIRST], refused: [] });
    }
  });

  it('is another one with another content, or with another date that was told', async () => {
    const accountId = await opened(product);
    await step(accountId, FIRST, arrivalOf(FIRST, UNDATED));
    await step(accountId, NEXT_DAY, arrivalOf(NEXT_DAY, UNDATED, 2_000));
    await step(accountId, NEXT_DAY, arrivalOf(NEXT_DAY, {}));
    const { facts, refused } = await recorded(accountId, key);
    expect(facts).toMatchObject([{ valueDate: FIRST }]);
    expect(refused).toEqual([['SAME_KEY_OTHER_CONTENT'], ['SAME_KEY_OTHER_CONTENT']]);
  });
});

it('a mandate without a date is the same when it comes again after midnight', async () => {
  const accountId = await opened('loan');
  const mandate = (agreedOn: IsoDate, mandateId: string | null, dating: Datable = { undated: true }): Arrival => ({
    kind: 'mandate',
    mandate: { changeId: 'x', mandateId, agreedOn, ...dating },
  });
  const statusOf = async (on: IsoDate, arrival: Arrival) => (await step(accountId, on, arrival)).changes?.['mandate/x'];
  const conflict = { status: 'refused', reasonCodes: ['SAME_KEY_OTHER_CONTENT'] };
  expect(await statusOf(FIRST, mandate(FIRST, 'm-1'))).toEqual({ status: 'accepted' });
  expect(await statusOf(NEXT_DAY, mandate(NEXT_DAY, 'm-1'))).toEqual({ status: 'accepted' });
  expect(await statusOf(NEXT_DAY, mandate(FIRST, 'm-1', {}))).toEqual({ status: 'accepted' });
  expect(await statusOf(NEXT_DAY, mandate(NEXT_DAY, 'm-1', {}))).toEqual(conflict);
  expect(await statusOf(NEXT_DAY, mandate(NEXT_DAY, null))).toEqual(conflict);
});

describe('a date that cannot count', () => {
  const bodyIn = async (accountId: string, key: string) => {
    const items = await readTimeline(pool, { tenantId: TENANT, accountId, limit: 100 });
    return items.find((item) => item.source === 'fact' && item.key === key)?.body;
  };

  it('of six years before the opening: money counts from the opening, and the timeline tells it with a code', async () => {
    const accountId = await opened('loan');
    await step(accountId, FIRST, payment('old', 1_000, '2020-03-01'));
    const told = { valueDate: OPENED_ON, toldOn: '2020-03-01', dateCode: 'DATED_BEFORE_OPENING' };
    expect(await bodyIn(accountId, 'payment/old')).toMatchObject(told);
    await step(accountId, NEXT_DAY, payment('old', 1_000, '2020-03-01'));
    await step(accountId, NEXT_DAY, payment('old', 1_000, '2021-03-01'));
    const { facts, refused } = await recorded(accountId, 'payment/old');
    expect([facts.length, refused]).toEqual([1, [['SAME_KEY_OTHER_CONTENT']]]);
    await expectSoundBooks(pool, TENANT);
  });

  it('before what it is about, or after its arrival, is told with its code as well', async () => {
    const accountId = await opened('card');
    const refund = (refundId: string, refundedOn: IsoDate): Arrival => ({
      kind: 'refund',
      refund: { refundId, amountFen: 100, refundedOn, purchaseId: 'held' },
    });
    await step(accountId, FIRST, refund('old', '2020-03-05'));
    expect(await bodyIn(accountId, 'refund/old')).toMatchObject({
      valueDate: '2026-03-10',
      toldOn: '2020-03-05',
      dateCode: 'DATED_BEFORE_RELATED',
    });
    await step(accountId, FIRST, refund('early', '2026-03-05'), purchase('late', 1_000, '2026-03-25'));
    expect(await bodyIn(accountId, 'refund/early')).toMatchObject({
      valueDate: '2026-03-10',
      toldOn: '2026-03-05',
      dateCode: 'DATED_BEFORE_RELATED',
    });
    expect(await bodyIn(accountId, 'purchase/late')).toMatchObject({
      valueDate: FIRST,
      toldOn: '2026-03-25',
      dateCode: 'DATED_IN_FUTURE',
    });
  });

  it('is no other fact when it comes again on a day on which it can count', async () => {
    const accountId = await opened('card');
    for (const on of [FIRST, NEXT_DAY, '2026-03-26']) await step(accountId, on, payment('p', 500, '2026-03-25'));
    const { facts, refused } = await recorded(accountId, 'payment/p');
    expect(facts).toMatchObject([{ valueDate: FIRST, toldOn: '2026-03-25' }]);
    expect(refused).toEqual([]);
  });

  it('is no other fact when what it is about has become known in between', async () => {
    const accountId = await opened('card');
    const refund: Arrival = {
      kind: 'refund',
      refund: { refundId: 'r', amountFen: 100, refundedOn: '2026-03-12', purchaseId: 'later' },
    };
    // On record from before a refund of an unknown purchase was refused.
    const fact = {
      kind: 'refunded',
      key: 'refund/r',
      valueDate: '2026-03-12',
      billableFrom: '2026-03-12',
      amountFen: 100,
      purchaseKey: 'purchase/later',
    } as const;
    const ref = { tenantId: TENANT, accountId };
    await inTransaction(pool, (client) => recordFact(client, { ...ref, fact, arrivedAtMs: noonOf(FIRST) }));
    await step(accountId, FIRST, purchase('later', 1_000, '2026-03-15'));
    await step(accountId, NEXT_DAY, refund);
    const { facts, refused } = await recorded(accountId, 'refund/r');
    expect({ dates: facts.map(({ valueDate }) => valueDate), refused }).toEqual({ dates: ['2026-03-12'], refused: [] });
  });

  it('of a fact from before dates were kept is compared by what it counts from', async () => {
    const accountId = await opened('loan');
    await step(accountId, FIRST, payment('old', 1_000, OPENED_ON));
    await step(accountId, NEXT_DAY, payment('old', 1_000, '2020-03-01'));
    expect((await recorded(accountId, 'payment/old')).refused).toEqual([]);
  });
});
