/** The outbox of debits on a real PostgreSQL: planned once, attempted once, and guarded against any statement. */

import { beforeAll, describe, expect, it } from '@jest/globals';
import { readAccount } from '../../../src/db/credit/accounts';
import { recordFact } from '../../../src/db/credit/facts';
import { readMissedDebits } from '../../../src/db/credit/runChecks';
import {
  cancelDebit,
  type DebitRefusal,
  markDebitAttempted,
  markDebitOpen,
  markDebitRefused,
  markDebitSettled,
  markDebitTold,
} from '../../../src/db/debits/debitAttempts';
import { changeMandate, listMandateChanges } from '../../../src/db/debits/mandates';
import {
  cancelPlannedDebits,
  claimDueDebits,
  countDebits,
  lanesWithDebits,
  listDebits,
  lockUnfinishedDebits,
  pauseDueDebits,
  planAnotherAttempt,
  planDebits,
  resumePausedDebits,
} from '../../../src/db/debits/plannedDebits';
import { debitLanes } from '../../../src/db/messaging/outbox/lanes';
import { ensureTenant } from '../../../src/db/operations/tenants';
import { insertPolicy } from '../../../src/db/policy/policies';
import { type Client, inTransaction } from '../../../src/db/transaction';
import { defaultPolicy } from '../../../src/domain/policy/defaultPolicy';
import { byContent } from '../../support/inOrder';
import { CASH_LOAN, OPENED_ON, openOnTerms, stepsOn } from '../servicedAccounts';
import { DAY_MS, LANE, MINUTE_MS, NOW_MS, openAccount, POLICY_VERSION, TENANT, useDatabase } from '../testDatabase';

const database = useDatabase();
const DUE_MS = NOW_MS + DAY_MS;
const DEBIT = { obligationKey: 'instalment-1', dueDate: '2026-03-03', atMs: DUE_MS };

const run = <Result>(work: (client: Client) => Promise<Result>) => inTransaction(database.pool, work);

/** An account with one planned debit; ids of its own for each test. */
async function planned(accountId: string) {
  const ref = { tenantId: TENANT, accountId };
  await run(async (client) => {
    await openAccount(client, accountId);
    await planDebits(client, { ...ref, lane: LANE, debits: [DEBIT] });
  });
  return { ref, reference: `${accountId}.instalment-1.1` };
}

const attemptOf = (reference: string) => ({
  tenantId: TENANT,
  reference,
  mandateId: 'mandate-77',
  amountFen: 5_000,
  businessDate: '2026-03-03',
  rail: 'sandbox',
  atMs: DUE_MS,
  nextAtMs: DUE_MS + MINUTE_MS,
});

const attempt = (reference: string) => run((client) => markDebitAttempted(client, attemptOf(reference)));
const settled = (reference: string) => ({
  tenantId: TENANT,
  reference,
  railId: 'r-1',
  settledOn: '2026-03-03',
  atMs: DUE_MS,
});
const refused = (reference: string): DebitRefusal => ({
  tenantId: TENANT,
  reference,
  code: 'NSF',
  atMs: DUE_MS,
  refusalClass: 'insufficient-funds',
  reason: 'DEBIT_INSUFFICIENT_FUNDS',
});

async function statusesOf(accountId: string): Promise<string[]> {
  return (await listDebits(database.pool, { tenantId: TENANT, accountId })).map(
    ({ obligationKey, attempt: number, status }) => `${obligationKey} ${number} ${status}`,
  );
}

describe('planning', () => {
  it('an obligation has one debit, however often it is planned; another attempt follows a refusal only', async () => {
    const { ref, reference } = await planned('plan-once');
    const again = () => run((client) => planDebits(client, { ...ref, lane: LANE, debits: [DEBIT] }));
    expect(await again()).toBe(0);
    await attempt(reference);
    expect(await again()).toBe(0);
    await run((client) => markDebitRefused(client, refused(reference)));
    expect(await again()).toBe(0);
    const [row] = await listDebits(database.pool, ref);
    if (!row) throw new Error('it was planned');
    await run((client) => planAnotherAttempt(client, { ...row, atMs: DUE_MS + DAY_MS }));
    await run((client) => planAnotherAttempt(client, { ...row, atMs: DUE_MS + DAY_MS }));
    expect(await statusesOf('plan-once')).toEqual(['instalment-1 1 refused', 'instalment-1 2 planned']);
  });

  it('what was taken back is planned again, under another reference', async () => {
    const { ref, reference } = await planned('plan-again');
    await run((client) => cancelPlannedDebits(client, { ...ref, reason: 'DEBIT_MANDATE_ENDED', atMs: NOW_MS }));
    await run((client) => planDebits(client, { ...ref, lane: LANE, debits: [DEBIT] }));
    const references = (await listDebits(database.pool, ref)).map((debit) => debit.reference);
    expect(references).toEqual([reference, 'plan-again.instalment-1.2']);
  });

  it('takes back what is not owed, and nothing that was attempted', async () => {
    const { ref, reference } = await planned('take-back');
    const two = { ...DEBIT, obligationKey: 'instalment-2' };
    const three = { ...DEBIT, obligationKey: 'instalment-3' };
    await run((client) => planDebits(client, { ...ref, lane: LANE, debits: [two, three] }));
    await attempt(reference);
    await run((client) =>
      cancelPlannedDebits(client, {
        ...ref,
        keepObligationKeys: ['instalment-3'],
        reason: 'DEBIT_NOT_OWED',
        atMs: NOW_MS,
      }),
    );
    expect(await statusesOf('take-back')).toEqual([
      'instalment-1 1 attempted',
      'instalment-2 1 cancelled',
      'instalment-3 1 planned',
    ]);
  });

  it("no id of a caller makes another account's reference, or one that a rail would not take", async () => {
    const victim = 'v-1.credit-return:x-3';
    await planned(victim);
    const { ref } = await planned('v-1');
    const long = 'x'.repeat(100);
    const keys = ['credit-return/x-3.instalment-1', `credit-return/${long}`];
    const debits = keys.map((obligationKey) => ({ ...DEBIT, obligationKey }));
    expect(await run((client) => planDebits(client, { ...ref, lane: LANE, debits }))).toBe(2);
    const { ref: longest } = await planned(`${'y'.repeat(98)}-1`);
    expect(await run((client) => planDebits(client, { ...longest, lane: LANE, debits }))).toBe(2);
    expect(await statusesOf(victim)).toEqual(['instalment-1 1 planned']);
  });

  it('is counted by status and reason, with the amounts of those that were made', async () => {
    const tenantId = 'tenant-counted';
    const ref = { tenantId, accountId: 'counted' };
    const debits = [1, 2, 3].map((number) => ({ ...DEBIT, obligationKey: `instalment-${number}` }));
    await inTransaction(database.owner, async (client) => {
      await ensureTenant(client, { tenantId, name: 'Another lender' });
      await insertPolicy(client, { tenantId, policy: { ...defaultPolicy, version: POLICY_VERSION } });
    });
    await run(async (client) => {
      await openAccount(client, ref.accountId, tenantId);
      await planDebits(client, { ...ref, lane: LANE, debits });
    });
    const made = { ...attemptOf('counted.instalment-1.1'), tenantId };
    await run((client) => markDebitAttempted(client, made));
    await run((client) => markDebitRefused(client, { ...refused(made.reference), tenantId }));
    const keepObligationKeys = ['instalment-3'];
    await run((client) =>
      cancelPlannedDebits(client, { ...ref, keepObligationKeys, reason: 'DEBIT_NOT_OWED', atMs: NOW_MS }),
    );
    expect(await countDebits(database.pool, { tenantId })).toEqual([
      { status: 'cancelled', reasonCode: 'DEBIT_NOT_OWED', count: 1, amountFen: 0 },
      { status: 'planned', reasonCode: null, count: 1, amountFen: 0 },
      { status: 'refused', reasonCode: 'DEBIT_INSUFFICIENT_FUNDS', count: 1, amountFen: 5_000 },
    ]);
  });

  it('an account of a hundred characters gets a reference that rails and payments take', async () => {
    const accountId = `long-${'x'.repeat(95)}`;
    const { ref } = await planned(accountId);
    const [debit] = await listDebits(database.pool, ref);
    expect(debit?.reference).toMatch(/^[0-9a-f]{32}\.instalment-1\.1$/);
  });
});

describe('the life of a debit', () => {
  it('of two who attempt it one does', async () => {
    const { reference } = await planned('two-attempts');
    const both = await Promise.all([attempt(reference), attempt(reference)]);
    expect(both.sort(byContent)).toEqual([false, true]);
  });

  it('an outcome is kept once: money that moved is not refused afterwards', async () => {
    const { ref, reference } = await planned('one-outcome');
    await attempt(reference);
    const atMs = DUE_MS;
    await run((client) =>
      markDebitOpen(client, { tenantId: TENANT, reference, status: 'unknown', detail: 'silent', atMs, nextAtMs: atMs }),
    );
    expect(await run((client) => markDebitSettled(client, settled(reference)))).toBe(true);
    expect(await run((client) => markDebitSettled(client, settled(reference)))).toBe(false);
    expect(await run((client) => markDebitRefused(client, refused(reference)))).toBe(false);
    await run((client) => cancelDebit(client, { tenantId: TENANT, reference, reason: 'DEBIT_NOT_OWED', atMs }));
    const [debit] = await listDebits(database.pool, ref);
    expect(debit).toMatchObject({ status: 'settled', railId: 'r-1', amountFen: 5_000, nextAtMs: DUE_MS });
  });

  it.each([
    ['another amount', 'amount_fen = 9'],
    ['another mandate', `mandate_id = 'mandate-78'`],
    ['another reference', `reference = 'x.1'`],
    ['planned anew', `status = 'planned', mandate_id = null, amount_fen = null`],
  ])('the database refuses an attempted one with %s', async (what, change) => {
    const { reference } = await planned(`guard-${what.replaceAll(' ', '-')}`);
    await attempt(reference);
    await expect(
      database.owner.query(`update planned_debit set ${change} where reference = $1`, [reference]),
    ).rejects.toThrow(/never changes|not planned or attempted again/);
  });

  it.each([
    ['a planned one that is settled', `status = 'settled', settled_on = '2026-03-03'`],
    ['a refusal without its reason', `status = 'refused', refusal_class = 'limit', next_at_ms = null`],
    ['an open one that nobody looks at', 'next_at_ms = null'],
  ])('the database refuses %s', async (what, change) => {
    const { reference } = await planned(`refuse-${what.replaceAll(' ', '-')}`);
    await expect(
      database.owner.query(`update planned_debit set ${change} where reference = $1`, [reference]),
    ).rejects.toThrow();
  });

  it('the database refuses to remove one, or to undo its end', async () => {
    const { reference } = await planned('stays');
    await attempt(reference);
    await run((client) => markDebitRefused(client, refused(reference)));
    await expect(database.owner.query('delete from planned_debit where reference = $1', [reference])).rejects.toThrow(
      'never removed',
    );
    const undo = `update planned_debit set status = 'unknown', refusal_class = null, reason_code = null, next_at_ms = 1
      where reference = $1`;
    await expect(database.owner.query(undo, [reference])).rejects.toThrow('for good');
  });
});

describe('what a lane looks at', () => {
  /** A lane of this test only. */
  const OWN = 77;
  const lane = { tenantId: TENANT, lane: OWN };
  let reference = '';

  beforeAll(async () => {
    await run(async (client) => {
      const ref = await openAccount(client, 'looked-at');
      await planDebits(client, { ...ref, lane: OWN, debits: [DEBIT] });
    });
    reference = 'looked-at.instalment-1.1';
  });

  const claimed = (asOfMs: number) =>
    run(async (client) => (await claimDueDebits(client, { ...lane, asOfMs, limit: 10 })).map(({ status }) => status));

  it('a debit when it is due, in doubt when it is to be asked about, settled until it was told, and then no more', async () => {
    expect(await lanesWithDebits(database.pool, { tenantId: TENANT })).toContain(OWN);
    expect(await claimed(DUE_MS - 1)).toEqual([]);
    expect(await claimed(DUE_MS)).toEqual(['planned']);
    expect(await debitLanes.noteNextDue(database.pool, lane)).toBe(DUE_MS);
    await attempt(reference);
    expect(await claimed(DUE_MS)).toEqual([]);
    expect(await claimed(DUE_MS + MINUTE_MS)).toEqual(['attempted']);
    await run((client) => markDebitSettled(client, settled(reference)));
    expect(await claimed(DUE_MS)).toEqual(['settled']);
    await markDebitTold(database.pool, { tenantId: TENANT, reference, atMs: DUE_MS });
    expect(await claimed(DUE_MS + 365 * DAY_MS)).toEqual([]);
    expect(await debitLanes.noteNextDue(database.pool, lane)).toBeUndefined();
    expect(await lanesWithDebits(database.pool, { tenantId: TENANT })).not.toContain(OWN);
  });

  it('passes over what another transaction holds', async () => {
    const { ref } = await planned('held');
    await run(async (client) => {
      await lockUnfinishedDebits(client, ref);
      const held = await run((other) =>
        claimDueDebits(other, { tenantId: TENANT, lane: LANE, asOfMs: DUE_MS, limit: 99 }),
      );
      expect(held.map(({ accountId }) => accountId)).not.toContain('held');
    });
  });
});

describe('debits of an account that are not over', () => {
  it('hold money that settled until it is among the facts', async () => {
    const { ref, reference } = await planned('unfinished');
    const unfinished = () => run((client) => lockUnfinishedDebits(client, ref));
    expect(await unfinished()).toEqual([{ reference, status: 'planned' }]);
    await attempt(reference);
    await run((client) => markDebitSettled(client, settled(reference)));
    await markDebitTold(database.pool, { tenantId: TENANT, reference, atMs: DUE_MS });
    expect(await unfinished()).toEqual([{ reference, status: 'settled' }]);
    expect(await readMissedDebits(database.pool, { tenantId: TENANT, beforeMs: DUE_MS + 9 * DAY_MS })).toContainEqual({
      reference,
      status: 'settled',
    });
    const fact = {
      kind: 'paid',
      key: `payment/debit:${reference}`,
      valueDate: '2026-03-03',
      amountFen: 5_000,
    } as const;
    await run((client) => recordFact(client, { ...ref, fact: { ...fact, intent: 'instalment' }, arrivedAtMs: DUE_MS }));
    expect(await unfinished()).toEqual([]);
    const missed = await readMissedDebits(database.pool, { tenantId: TENANT, beforeMs: DUE_MS + 9 * DAY_MS });
    expect(missed.map((each) => each.reference)).not.toContain(reference);
  });
});

describe('a step of an account', () => {
  /** The statements of a step, as they are sent. */
  async function statementsOf(accountId: string, on: string): Promise<string[]> {
    const texts: string[] = [];
    const connect = database.pool.connect.bind(database.pool);
    const watched = Object.assign(Object.create(database.pool), {
      async connect() {
        const client = await connect();
        const query = client.query.bind(client);
        return Object.assign(Object.create(client), {
          query(text: string, values?: unknown[]) {
            texts.push(text);
            return query(text, values);
          },
          release: (error?: Error) => client.release(error),
        });
      },
    });
    await stepsOn(watched)(accountId, on);
    return texts;
  }
  const about = (texts: string[]) => texts.filter((text) => /planned_debit|mandate_change|debit_lane/.test(text));

  it('without a mandate sends no statement about debits; with one it plans', async () => {
    const step = stepsOn(database.pool);
    await openOnTerms(database.pool, 'step-1', CASH_LOAN);
    await step('step-1', OPENED_ON, { kind: 'opening' });
    expect(about(await statementsOf('step-1', OPENED_ON))).toEqual([]);
    const mandate = { changeId: 'm1', mandateId: 'mandate-1', agreedOn: OPENED_ON };
    const given = await step('step-1', OPENED_ON, { kind: 'mandate', mandate });
    expect(given.changes).toEqual({ 'mandate/m1': { status: 'accepted' } });
    expect(about(await statementsOf('step-1', OPENED_ON))).toHaveLength(2);
    expect(await statusesOf('step-1')).toEqual(['instalment-1 1 planned']);
  });

  it('takes no mandate that was agreed tomorrow, and none for a settled account', async () => {
    const step = stepsOn(database.pool);
    await openOnTerms(database.pool, 'step-2', CASH_LOAN);
    const mandate = { changeId: 'm1', mandateId: 'mandate-1', agreedOn: '2026-03-03' };
    const opened = await step('step-2', OPENED_ON, { kind: 'opening' }, { kind: 'mandate', mandate });
    expect(opened.changes).toEqual({ 'mandate/m1': { status: 'refused', reasonCodes: ['INVALID_INPUT'] } });
    const payoff = { paymentId: 'p', amountFen: 1_000_000, paidOn: OPENED_ON, intent: 'payoff' } as const;
    await step('step-2', OPENED_ON, { kind: 'payment', payment: payoff });
    const late = await step('step-2', '2026-03-04', { kind: 'mandate', mandate: { ...mandate, changeId: 'm2' } });
    expect(late.changes).toEqual({ 'mandate/m2': { status: 'refused', reasonCodes: ['ACCOUNT_CLOSED'] } });
    expect((await readAccount(database.pool, { tenantId: TENANT, accountId: 'step-2' }))?.mandateId).toBeNull();
  });
});

describe('the mandate', () => {
  it('is what the latest change says; a change counts once, and with other content is refused', async () => {
    const ref = await run((client) => openAccount(client, 'mandated'));
    const change = (changeId: string, mandateId: string | null) =>
      run((client) =>
        changeMandate(client, {
          ...ref,
          changeId,
          mandateId,
          agreedOn: '2026-03-01',
          decidedBy: 'borrower',
          atMs: NOW_MS,
        }),
      );
    const now = async () => (await readAccount(database.pool, ref))?.mandateId;
    expect(await now()).toBeNull();
    expect(await change('m1', 'mandate-1')).toBe('recorded');
    expect(await change('m2', 'mandate-2')).toBe('recorded');
    expect(await change('m1', 'mandate-1')).toBe('repeated');
    expect(await now()).toBe('mandate-2');
    expect(await change('m1', 'mandate-3')).toBe('conflict');
    expect(await now()).toBe('mandate-2');
    expect(await change('m3', null)).toBe('recorded');
    expect(await now()).toBeNull();
    expect((await listMandateChanges(database.pool, ref)).map(({ changeId }) => changeId)).toEqual(['m1', 'm2', 'm3']);
  });

  it('a rail ends one, with its reason, and gives none', async () => {
    const ref = await run((client) => openAccount(client, 'rail-ends'));
    const byRail = { ...ref, agreedOn: '2026-03-01', decidedBy: 'rail', atMs: NOW_MS } as const;
    await expect(
      run((client) => changeMandate(client, { ...byRail, changeId: 'r1', mandateId: 'mandate-1' })),
    ).rejects.toThrow('a_rail_only_ends');
    await expect(
      run((client) => changeMandate(client, { ...byRail, changeId: 'r2', mandateId: null })),
    ).rejects.toThrow('a_rail_only_ends');
    await expect(database.owner.query(`delete from mandate_change`)).rejects.toThrow('append-only');
  });
});

describe('an incident', () => {
  const lane = 9;
  const dueOf = (minutes: number) => ({ ...DEBIT, atMs: NOW_MS + minutes * MINUTE_MS });
  const claim = (asOfMs: number) =>
    run((client) => claimDueDebits(client, { tenantId: TENANT, lane, asOfMs, limit: 10 })).then((rows) =>
      rows.map(({ accountId }) => accountId),
    );
  const pause = (asOfMs: number, changes: Partial<Parameters<typeof pauseDueDebits>[1]> = {}) =>
    run((client) =>
      pauseDueDebits(client, {
        tenantId: TENANT,
        lane,
        asOfMs,
        untilMs: asOfMs + 5 * MINUTE_MS,
        exceptBorrowerIds: [],
        ...changes,
      }),
    );

  it('pauses what is due, and afterwards it goes on in the order in which it fell due', async () => {
    for (const [accountId, minutes] of [
      ['paused-c', 1],
      ['paused-a', 2],
      ['paused-b', 3],
    ] as const) {
      await run(async (client) => {
        await openAccount(client, accountId);
        await planDebits(client, { tenantId: TENANT, accountId, lane, debits: [dueOf(minutes)] });
      });
    }
    const laterMs = NOW_MS + 3 * MINUTE_MS;
    expect(await pause(NOW_MS + 2 * MINUTE_MS)).toBe(2);
    expect(await claim(laterMs)).toEqual(['paused-b']);
    expect(await pause(laterMs)).toBe(1);
    expect(await claim(laterMs)).toEqual([]);
    // Looked at again in the order of the pauses; put forward, in the order of their time.
    await pause(NOW_MS + 7 * MINUTE_MS);
    expect(await claim(NOW_MS + 8 * MINUTE_MS)).toEqual(['paused-b']);
    await run((client) => resumePausedDebits(client, { tenantId: TENANT }));
    expect(await claim(laterMs)).toEqual(['paused-c', 'paused-a', 'paused-b']);
  });

  it('leaves another product, an exempt borrower and what was attempted as they are', async () => {
    const dueMs = NOW_MS + 3 * MINUTE_MS;
    expect(await pause(dueMs, { product: 'revolving' })).toBe(0);
    expect(await pause(dueMs, { exceptBorrowerIds: ['paused-a-borrower', 'paused-b-borrower'] })).toBe(1);
    await attempt('paused-a.instalment-1.1');
    expect(await pause(dueMs)).toBe(1);
    expect(await run((client) => resumePausedDebits(client, { tenantId: TENANT }))).toBe(2);
  });
});
