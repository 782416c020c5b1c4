/** Rules of the outbox of debits that a statement decides too: it and the domain say the same of random rows. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readMissedDebits } from '../../../src/db/credit/runChecks';
import {
  cancelDebit,
  deferDebit,
  markDebitAttempted,
  markDebitOpen,
  markDebitRefused,
  markDebitSettled,
} from '../../../src/db/debits/debitAttempts';
import {
  cancelPlannedDebits,
  claimDueDebits,
  type DebitRow,
  lanesWithDebits,
  listDebits,
  lockUnfinishedDebits,
  pauseDueDebits,
  planDebits,
  readUnbookedDebits,
  resumePausedDebits,
} from '../../../src/db/debits/plannedDebits';
import { debitLanes } from '../../../src/db/messaging/outbox/lanes';
import type { Client } from '../../../src/db/transaction';
import {
  type DebitEvent,
  debitAfter,
  dueDebits,
  isDebitBooked,
  isDebitMissed,
  isDebitPaused,
  isDebitTakenBack,
  isUnfinished,
  newDebits,
  nextDebitLookAtMs,
  paymentKeyOfDebit,
  resumedAtMs,
} from '../../../src/domain/debits/debitOutbox';
import type { DebitStatus } from '../../../src/domain/debits/debitStatuses';
import type { Product } from '../../../src/domain/policy/lendingPolicy';
import { LANE, NOW_MS, TENANT, useDatabase } from '../testDatabase';
import { compareOn, numbered, put, useLooseTables } from './randomRows';

const database = useDatabase();
useLooseTables(database, ['planned_debit', 'account_fact', 'credit_account', 'debit_lane']);

const STATUSES: DebitStatus[] = ['planned', 'attempted', 'pending', 'unknown', 'settled', 'refused', 'cancelled'];
const KEYS = ['instalment-1', 'instalment-2', 'instalment-3'];
const PRODUCTS: Record<string, Product> = { one: 'cash-loan', other: 'revolving' };
const instant = fc.integer({ min: -2, max: 2 }).map((step) => NOW_MS + step);
const debit = fc.record({
  accountId: fc.constantFrom('one', 'other'),
  obligationKey: fc.constantFrom(...KEYS),
  lane: fc.constantFrom(LANE, LANE, 1),
  status: fc.oneof(fc.constantFrom<DebitStatus>('planned', 'settled', 'refused'), fc.constantFrom(...STATUSES)),
  dueAtMs: instant,
  nextAtMs: fc.option(instant),
  amountFen: fc.option(fc.integer({ min: 1, max: 2 }), { freq: 9 }),
  outcomeAtMs: fc.option(instant),
});
type Drawn = Pick<
  DebitRow,
  'accountId' | 'obligationKey' | 'lane' | 'status' | 'dueAtMs' | 'nextAtMs' | 'amountFen' | 'outcomeAtMs' | 'reference'
> & { attempt: number };
/** Of one obligation one is open at most, as an index has it. */
const debits = fc.array(debit, { maxLength: 14 }).map((drawn): Drawn[] => {
  const open = new Set<string>();
  return numbered(drawn).map(({ index, ...each }) => {
    const key = `${each.accountId} ${each.obligationKey}`;
    const isOpen = debitAfter(each.status, 'cancelled') === 'cancelled' && each.status !== 'cancelled';
    const status = isOpen && open.has(key) ? 'refused' : each.status;
    if (isOpen) open.add(key);
    const attempt = drawn
      .slice(0, index + 1)
      .filter((other) => `${other.accountId} ${other.obligationKey}` === key).length;
    return { ...each, status, attempt, reference: `r-${String(index).padStart(2, '0')}` };
  });
});
const payments = fc.array(
  fc.record({ of: fc.integer({ min: 0, max: 14 }), amountFen: fc.integer({ min: 1, max: 2 }) }),
);

async function keep(client: Client, drawn: readonly Drawn[]): Promise<void> {
  const account = { tenant_id: TENANT };
  await put(
    client,
    'credit_account',
    Object.entries(PRODUCTS).map(([account_id, product]) => ({
      ...account,
      account_id,
      product,
      borrower_id: `of-${account_id}`,
    })),
  );
  await put(
    client,
    'planned_debit',
    drawn.map((each) => ({
      ...account,
      account_id: each.accountId,
      obligation_key: each.obligationKey,
      attempt: each.attempt,
      reference: each.reference,
      lane: each.lane,
      due_date: '2026-03-03',
      due_at_ms: each.dueAtMs,
      next_at_ms: each.nextAtMs,
      status: each.status,
      amount_fen: each.amountFen,
      outcome_at_ms: each.outcomeAtMs,
    })),
  );
}

const referencesOf = (rows: readonly { reference: string }[]) => rows.map(({ reference }) => reference);
const ofOne = (drawn: readonly Drawn[]) => drawn.filter(({ accountId }) => accountId === 'one');
const ONE = { tenantId: TENANT, accountId: 'one' };
const statuses = async (client: Client) =>
  new Map((await listDebits(client, ONE)).map(({ reference, status }) => [reference, status]));

describe('a plan of debits', () => {
  it('adds what the domain adds, each with the number of its attempt', () =>
    compareOn(database, fc.record({ drawn: debits, wanted: fc.subarray(KEYS) }), async (client, { drawn, wanted }) => {
      await keep(client, drawn);
      const planned = wanted.map((obligationKey) => ({ obligationKey, dueDate: '2026-03-03', atMs: NOW_MS }));
      const said = newDebits(planned, ofOne(drawn));
      expect(await planDebits(client, { ...ONE, lane: LANE, debits: planned })).toBe(said.length);
      const added = (await listDebits(client, ONE)).filter(({ reference }) => !referencesOf(drawn).includes(reference));
      expect(added.map(({ obligationKey, attempt }) => `${obligationKey} ${attempt}`)).toEqual(
        said.map(({ obligationKey, attempt }) => `${obligationKey} ${attempt}`),
      );
    }));

  it('takes back what is not in it', () =>
    compareOn(
      database,
      fc.record({ drawn: debits, keepKeys: fc.subarray(KEYS) }),
      async (client, { drawn, keepKeys }) => {
        await keep(client, drawn);
        const said = ofOne(drawn).filter((each) => isDebitTakenBack(each, keepKeys));
        const input = { ...ONE, keepObligationKeys: keepKeys, reason: 'DEBIT_NOT_OWED' as const, atMs: NOW_MS };
        expect(await cancelPlannedDebits(client, input)).toBe(said.length);
        const after = await statuses(client);
        expect(ofOne(drawn).map(({ reference }) => after.get(reference))).toEqual(
          ofOne(drawn).map((each) => (said.includes(each) ? 'cancelled' : each.status)),
        );
      },
    ));
});

describe('a debit', () => {
  const at = { tenantId: TENANT, atMs: NOW_MS, nextAtMs: NOW_MS };
  const events: Record<DebitEvent, (client: Client, reference: string) => Promise<unknown>> = {
    attempted: (client, reference) => {
      const made = { mandateId: 'm', amountFen: 1, businessDate: '2026-03-03', rail: 'sandbox' };
      return markDebitAttempted(client, { ...at, ...made, reference });
    },
    settled: (client, reference) =>
      markDebitSettled(client, { ...at, reference, railId: 'r', settledOn: '2026-03-03' }),
    refused: (client, reference) => {
      const why = { refusalClass: 'limit', reason: 'DEBIT_ABOVE_LIMIT', code: 'L' } as const;
      return markDebitRefused(client, { ...at, ...why, reference });
    },
    pending: (client, reference) => markDebitOpen(client, { ...at, reference, status: 'pending' }),
    unknown: (client, reference) => markDebitOpen(client, { ...at, reference, status: 'unknown' }),
    cancelled: (client, reference) => cancelDebit(client, { ...at, reference, reason: 'DEBIT_NOT_OWED' }),
  };

  it.each(Object.keys(events) as DebitEvent[])('becomes %s from where the domain says, and stays otherwise', (event) =>
    compareOn(
      database,
      fc.constant('every status'),
      async (client) => {
        const drawn = STATUSES.map((status, index) => ({
          accountId: 'one',
          obligationKey: `instalment-${index}`,
          lane: LANE,
          status,
          dueAtMs: NOW_MS,
          nextAtMs: NOW_MS,
          amountFen: 1,
          outcomeAtMs: null,
          reference: `r-${index}`,
          attempt: 1,
        }));
        await keep(client, drawn);
        for (const { reference } of drawn) await events[event](client, reference);
        const after = await statuses(client);
        expect(drawn.map(({ reference }) => after.get(reference))).toEqual(
          STATUSES.map((status) => debitAfter(status, event)),
        );
      },
      1,
    ),
  );

  it('is put off only while something is left to do', () =>
    compareOn(database, debits, async (client, drawn) => {
      await keep(client, drawn);
      for (const { reference } of drawn)
        await deferDebit(client, { tenantId: TENANT, reference, nextAtMs: NOW_MS + 9 });
      const after = new Map((await listDebits(client, ONE)).map(({ reference, nextAtMs }) => [reference, nextAtMs]));
      for (const { reference, nextAtMs } of ofOne(drawn)) {
        expect(after.get(reference)).toBe(nextAtMs === null ? null : NOW_MS + 9);
      }
    }));
});

describe('a lane of debits', () => {
  it('finds due what the domain finds due, in its order, and sleeps as long', () =>
    compareOn(
      database,
      fc.record({ drawn: debits, limit: fc.integer({ min: 1, max: 6 }) }),
      async (client, { drawn, limit }) => {
        await keep(client, drawn);
        const at = { tenantId: TENANT, lane: LANE, asOfMs: NOW_MS, limit };
        const ofLane = drawn.filter(({ lane }) => lane === LANE);
        expect(referencesOf(await claimDueDebits(client, at))).toEqual(referencesOf(dueDebits(ofLane, at)));
        expect(await debitLanes.noteNextDue(client, at)).toBe(nextDebitLookAtMs(ofLane));
        const lanes = [1, LANE].filter(
          (lane) => nextDebitLookAtMs(drawn.filter((each) => each.lane === lane)) !== undefined,
        );
        expect(await lanesWithDebits(client, { tenantId: TENANT })).toEqual(lanes);
      },
    ));

  it('leaves for later what an incident stops, and goes on with it in its order', () =>
    compareOn(
      database,
      fc.record({
        drawn: debits,
        product: fc.option(fc.constantFrom<Product>('cash-loan', 'revolving'), { nil: undefined }),
        exceptBorrowerIds: fc.subarray(['of-one', 'of-other']),
      }),
      async (client, { drawn, ...stopped }) => {
        await keep(client, drawn);
        const untilMs = NOW_MS + 100;
        const input = { tenantId: TENANT, lane: LANE, asOfMs: NOW_MS, untilMs, ...stopped };
        const isPaused = (each: Drawn) => {
          const product = PRODUCTS[each.accountId] as Product;
          return each.lane === LANE && isDebitPaused({ ...each, product, borrowerId: `of-${each.accountId}` }, input);
        };
        const paused = drawn.map((each) => (isPaused(each) ? { ...each, nextAtMs: untilMs } : each));
        expect(await pauseDueDebits(client, input)).toBe(drawn.filter(isPaused).length);
        await resumePausedDebits(client, { tenantId: TENANT });
        const { rows } = await client.query('select next_at_ms as "nextAtMs" from planned_debit order by reference');
        expect(rows.map(({ nextAtMs }) => nextAtMs)).toEqual(paused.map(resumedAtMs));
      },
    ));
});

describe('money that a debit moved', () => {
  it('is booked, unfinished or missed as the domain says', () =>
    compareOn(database, fc.record({ drawn: debits, payments }), async (client, { drawn, payments: made }) => {
      await keep(client, drawn);
      const keyOf = (of: number) => paymentKeyOfDebit(`r-${String(of).padStart(2, '0')}`);
      const booked = made.filter(({ of }, index) => made.findIndex((other) => other.of === of) === index);
      const facts = booked.map(({ of, amountFen }) => ({ key: keyOf(of), amountFen }));
      const factsOf = (accountId: string) => (accountId === 'one' ? facts : []);
      await put(
        client,
        'account_fact',
        facts.map(({ key, amountFen }) => ({
          tenant_id: TENANT,
          account_id: 'one',
          business_key: key,
          kind: 'paid',
          body: { amountFen, valueDate: '2026-03-03' },
        })),
      );
      expect(referencesOf(await lockUnfinishedDebits(client, ONE))).toEqual(
        referencesOf(ofOne(drawn).filter((each) => isUnfinished(each, facts))),
      );
      const unbooked = [...(await readUnbookedDebits(client, { tenantId: TENANT })).values()].flat();
      expect(referencesOf(unbooked).sort()).toEqual(
        referencesOf(
          drawn.filter((each) => each.status === 'settled' && !isDebitBooked(each, factsOf(each.accountId))),
        ),
      );
      const beforeMs = NOW_MS;
      expect(referencesOf(await readMissedDebits(client, { tenantId: TENANT, beforeMs }))).toEqual(
        referencesOf(drawn.filter((each) => isDebitMissed(each, { beforeMs, facts: factsOf(each.accountId) }))),
      );
    }));
});
