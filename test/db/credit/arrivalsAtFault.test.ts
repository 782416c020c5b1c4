/**
 * Arrivals that the validators would not let in, handed to the steps themselves: the one at fault is refused or set
 * aside, whole and as it came, what came with it is taken, and the life goes on.
 */
import { beforeEach, describe, expect, it, test } from '@jest/globals';
import type { Pool } from 'pg';
import { sayOfAside } from '../../../src/activities/credit/settleArrivals';
import type { AdvanceResult, Arrival } from '../../../src/contracts/activities';
import { listAsides, readAside } from '../../../src/db/credit/setAsideArrivals';
import { readTimeline } from '../../../src/db/credit/timeline';
import { isOfValue, isPassing } from '../../../src/db/faults';
import { listWarnings } from '../../../src/db/risk/warnings';
import { expectSoundBooks } from '../../support/books';
import { expectSoundEvidence } from '../../support/evidence';
import { CASH_LOAN, noonOf, openOnTerms, payment, purchase, REVOLVING, type Step, stepsOn } from '../servicedAccounts';
import { TENANT, useDatabase } from '../testDatabase';

const database = useDatabase();
let accounts = 0;
let pool: Pool;
let step: Step;

beforeEach(() => {
  pool = database.pool;
  step = stepsOn(pool);
});

const ON = '2026-03-10';

async function opened(product: 'card' | 'loan' = 'card'): Promise<string> {
  const accountId = `fault-${++accounts}`;
  await openOnTerms(pool, accountId, product === 'card' ? REVOLVING : CASH_LOAN);
  await step(accountId, '2026-03-02', { kind: 'opening' });
  return accountId;
}

const unlawful = (arrival: unknown) => arrival as Arrival;

async function refused(accountId: string) {
  const { rows } = await pool.query<{ kind: string; codes: string[]; body: unknown; raw: Buffer | null }>(
    'select kind, reason_codes as codes, body, raw from refused_arrival where account_id = $1 order by kind',
    [accountId],
  );
  return rows;
}

const asides = async (accountId: string) =>
  (await listAsides(pool, { tenantId: TENANT, withSettled: true, limit: 100 })).filter(
    (row) => row.accountId === accountId,
  );

async function paidKeys(accountId: string): Promise<string[]> {
  const { rows } = await pool.query<{ key: string }>(
    `select business_key as key from account_fact where account_id = $1 and kind = 'paid' order by business_key`,
    [accountId],
  );
  return rows.map(({ key }) => key);
}

/** A fault of the database itself, of whatever class, whenever a fact of the kind is recorded. */
async function breakFacts(kind: string, sqlState: string): Promise<() => Promise<unknown>> {
  await database.owner.query(`create function break_fact() returns trigger language plpgsql as $$
    begin
      if new.kind = '${kind}' then raise exception 'broken on purpose' using errcode = '${sqlState}'; end if;
      return new;
    end $$`);
  await database.owner.query(
    'create trigger break_fact before insert on account_fact for each row execute function break_fact()',
  );
  return () => database.owner.query('drop trigger break_fact on account_fact; drop function break_fact()');
}

describe('a value that the database refuses', () => {
  const NUL = 'm\u0000';
  const CASES: [string, 'card' | 'loan', Arrival][] = [
    [
      'a mandate of the year 0',
      'card',
      unlawful({ kind: 'mandate', mandate: { changeId: 'c', mandateId: 'm', agreedOn: '0000-01-01' } }),
    ],
    [
      'a mandate with NUL',
      'card',
      unlawful({ kind: 'mandate', mandate: { changeId: NUL, mandateId: NUL, agreedOn: ON } }),
    ],
    [
      'a purchase whose id has NUL',
      'card',
      unlawful({ kind: 'purchase', purchase: { purchaseId: NUL, amountFen: 1, purchasedOn: ON } }),
    ],
    [
      'a purchase far above the limit, with half a character in a field that nobody knows',
      'card',
      unlawful({
        kind: 'purchase',
        purchase: { purchaseId: 'p', amountFen: 99_000_000, purchasedOn: ON, more: '\ud800' },
      }),
    ],
    [
      'a restructuring by two with NUL',
      'loan',
      unlawful({
        kind: 'restructuring',
        restructuring: { restructuringId: 'r', agreedOn: ON, months: 6, dailyRate: '0.0003', decidedBy: ['a', NUL] },
      }),
    ],
    [
      'a rate of nobody',
      'loan',
      unlawful({
        kind: 'rate-correction',
        correction: { correctionId: 'x', from: ON, dailyRate: '0', decidedBy: '\udfff' },
      }),
    ],
    [
      'a reversal whose id has NUL',
      'loan',
      unlawful({ kind: 'reversal', reversal: { reversalId: NUL, paymentId: 'p', reversedOn: ON } }),
    ],
    [
      'a plan of a bill with NUL',
      'card',
      unlawful({
        kind: 'instalment-start',
        start: { planId: NUL, unbilled: true, principalFen: 1, months: 3, feePayer: 'borrower', startedOn: ON },
      }),
    ],
    [
      'a settlement of a plan, an id of 9,000 characters',
      'card',
      unlawful({
        kind: 'instalment-settlement',
        settlement: { settlementId: 'x'.repeat(9_000), planId: 'p', settledOn: ON },
      }),
    ],
    ['a write-off whose reasons have NUL', 'loan', { kind: 'write-off', decidedBy: ['a', 'b'], reasons: [NUL, 'b'] }],
  ];

  test.each(CASES)('%s is refused, kept as it came, and what came with it is taken', async (_, product, arrival) => {
    const accountId = await opened(product);
    const { state } = await step(accountId, ON, payment('before', 100, ON), arrival, payment('after', 200, ON));
    expect(state.stage).toBe('current');
    expect(await paidKeys(accountId)).toEqual(['payment/after', 'payment/before']);
    const [kept, ...more] = await refused(accountId);
    expect(more).toEqual([]);
    expect(kept?.kind).toBe(arrival.kind);
    const came = kept?.raw ? JSON.parse(kept.raw.toString('utf8')) : kept?.body;
    expect(came).toEqual(arrival);
    // Again, it changes nothing.
    await step(accountId, ON, arrival, payment('later', 300, ON));
    expect(await refused(accountId)).toHaveLength(1);
    expect(await asides(accountId)).toEqual([]);
    expect(await readTimeline(pool, { tenantId: TENANT, accountId, limit: 50 })).toEqual(
      expect.arrayContaining([expect.objectContaining({ source: 'refusal', kind: arrival.kind })]),
    );
    await expectSoundBooks(pool, TENANT);
  });

  it('answers who asked, and those beside it by their own', async () => {
    const accountId = await opened();
    const bad = unlawful({ kind: 'mandate', mandate: { changeId: 'c', mandateId: 'm\u0000', agreedOn: ON } });
    const { answers } = await step(
      accountId,
      ON,
      purchase('a', 100, ON),
      bad,
      payment('p', 1, ON),
      purchase('b', 100, ON),
    );
    expect(answers).toEqual([
      expect.objectContaining({ status: 'approved' }),
      { status: 'refused', reasonCodes: ['INVALID_INPUT'] },
      null,
      expect.objectContaining({ status: 'approved' }),
    ]);
  });

  it('of the data of a fact is refused by the class of the fault', async () => {
    const accountId = await opened();
    const mend = await breakFacts('purchased', '22008');
    const { answers } = await step(accountId, ON, purchase('a', 100, ON), payment('p', 100, ON));
    await mend();
    expect(answers).toEqual([expect.objectContaining({ status: 'declined', reasonCodes: ['INVALID_INPUT'] }), null]);
    expect(await refused(accountId)).toMatchObject([{ kind: 'purchase', codes: ['SQLSTATE 22008'] }]);
    expect(await paidKeys(accountId)).toEqual(['payment/p']);
    // Whoever sends it again, once it is mended, is not held to a refusal.
    expect((await step(accountId, ON, purchase('a', 100, ON))).answers).toMatchObject([{ status: 'approved' }]);
  });
});

describe('money', () => {
  const UNREADABLE: [string, unknown][] = [
    [
      'of a day that no database knows',
      { paymentId: 'p', amountFen: 5_000, paidOn: '0000-01-01', intent: 'instalment' },
    ],
    ['with NUL in its id', { paymentId: 'p\u0000', amountFen: 5_000, paidOn: ON, intent: 'instalment' }],
    ['with half a character in its id', { paymentId: '\ud83d', amountFen: 5_000, paidOn: ON, intent: 'instalment' }],
    ['that is none', null],
    ['of an amount that is a word', { paymentId: 'p', amountFen: 'all', paidOn: ON, intent: 'instalment' }],
  ];

  test.each(UNREADABLE)('%s is never refused: it is set aside, with an alarm that names it', async (_, told) => {
    const accountId = await opened('loan');
    const arrival = unlawful({ kind: 'payment', payment: told });
    const { setAside } = await step(accountId, ON, arrival, payment('good', 100, ON));
    expect(await refused(accountId)).toEqual([]);
    expect(await paidKeys(accountId)).toEqual(['payment/good']);
    const [row] = await asides(accountId);
    expect(row).toMatchObject({ state: 'waiting', kind: 'payment' });
    expect(JSON.parse(row?.raw.toString('utf8') ?? '')).toEqual(arrival);
    expect(setAside).toEqual([row?.asideId]);
    const warnings = await listWarnings(pool, { tenantId: TENANT, accountId, limit: 10 });
    expect(warnings).toMatchObject([
      { rule: 'ARRIVAL_SET_ASIDE', reason: expect.stringContaining(`as ${row?.asideId}`) },
    ]);
    // The same again is the same: one row, one alarm.
    await step(accountId, ON, arrival);
    expect(await asides(accountId)).toHaveLength(1);
    expect(await listWarnings(pool, { tenantId: TENANT, accountId, limit: 10 })).toHaveLength(1);
  });

  it('that fails by a mistake of ours waits, and two people have it taken once that is mended', async () => {
    const accountId = await opened('loan');
    const mend = await breakFacts('paid', '23514');
    await step(accountId, ON, payment('p1', 7_000, ON), { kind: 'look' });
    const [waiting] = await asides(accountId);
    expect(waiting).toMatchObject({ fault: 'SQLSTATE 23514', businessKey: 'payment' });
    const asideId = waiting?.asideId ?? 0;
    const say = (word: 'retry' | 'dismiss', by: string) =>
      sayOfAside(pool, { tenantId: TENANT, asideId, word, by, reason: 'mended', atMs: noonOf(ON) });

    // Nobody has said so: a signal alone takes nothing.
    await step(accountId, ON, { kind: 'set-aside', asideId });
    expect((await readAside(pool, { tenantId: TENANT, asideId }))?.state).toBe('waiting');

    expect(await say('retry', 'staff-1')).toMatchObject({ answer: 'needs-second-person' });
    expect(await say('retry', 'STAFF-1')).toMatchObject({ answer: 'same-person' });
    expect(await say('retry', 'staff-2')).toMatchObject({ answer: 'agreed', account: { accountId } });
    // Not mended yet: it waits again, and needs two words again.
    await step(accountId, ON, { kind: 'set-aside', asideId }, { kind: 'look' });
    expect(await readAside(pool, { tenantId: TENANT, asideId })).toMatchObject({ state: 'waiting', word: null });
    await mend();
    await say('retry', 'staff-2');
    await say('retry', 'staff-1');
    await step(accountId, ON, { kind: 'set-aside', asideId });
    await step(accountId, ON, { kind: 'set-aside', asideId });
    expect(await readAside(pool, { tenantId: TENANT, asideId })).toMatchObject({ state: 'taken' });
    expect(await paidKeys(accountId)).toEqual(['payment/p1']);
    expect(await say('dismiss', 'staff-3')).toMatchObject({ answer: 'settled-already' });
    await expectSoundBooks(pool, TENANT);
    await expectSoundEvidence(pool, TENANT);
  });

  it('is dismissed by two people only, and its row stays', async () => {
    const accountId = await opened('loan');
    await step(accountId, ON, unlawful({ kind: 'payment', payment: { paymentId: '' } }));
    const [row] = await asides(accountId);
    const said = {
      tenantId: TENANT,
      asideId: row?.asideId ?? 0,
      word: 'dismiss' as const,
      reason: 'sent again',
      atMs: 0,
    };
    await sayOfAside(pool, { ...said, by: 'a' });
    await sayOfAside(pool, { ...said, by: 'b' });
    expect(await asides(accountId)).toMatchObject([{ state: 'dismissed', wordBy: 'a', secondBy: 'b' }]);
    for (const change of ["set state = 'waiting'", "set raw = ''"]) {
      await expect(
        database.owner.query(`update set_aside_arrival ${change} where account_id = $1`, [accountId]),
      ).rejects.toThrow();
    }
    await expect(pool.query('delete from set_aside_arrival')).rejects.toThrow('permission denied');
    await expect(database.owner.query('delete from set_aside_arrival')).rejects.toThrow('never removed');
    expect((await sayOfAside(pool, { ...said, asideId: 999_999, by: 'a' })).answer).toBe('unknown');
  });
});

describe("a fault that is nobody's value", () => {
  it('sets aside what asks as well, tells who asked, and leaves nothing of it in the step', async () => {
    const accountId = await opened();
    const mend = await breakFacts('purchased', 'P0001');
    const result: AdvanceResult = await step(accountId, ON, purchase('a', 100, ON), payment('p', 100, ON));
    await mend();
    expect(result.answers).toEqual([
      expect.objectContaining({ status: 'declined', reasonCodes: ['ARRIVAL_SET_ASIDE'] }),
      null,
    ]);
    expect(await asides(accountId)).toMatchObject([{ kind: 'purchase', businessKey: 'a', fault: 'SQLSTATE P0001' }]);
    expect(await paidKeys(accountId)).toEqual(['payment/p']);
    await expectSoundBooks(pool, TENANT);
  });

  it('that shows only where the books are brought to it finds its arrival all the same', async () => {
    const accountId = await opened();
    await database.owner.query(`create function break_entry() returns trigger language plpgsql as $$
      begin
        if new.business_key = 'purchase/heavy' then raise exception 'broken on purpose' using errcode = '55000'; end if;
        return new;
      end $$;
      create constraint trigger break_entry after insert on journal_entry deferrable initially deferred
        for each row execute function break_entry()`);
    const { answers } = await step(
      accountId,
      ON,
      purchase('light', 100, ON),
      purchase('heavy', 200, ON),
      purchase('last', 300, ON),
    );
    await database.owner.query('drop trigger break_entry on journal_entry; drop function break_entry()');
    expect(answers).toMatchObject([
      { status: 'approved' },
      { reasonCodes: ['ARRIVAL_SET_ASIDE'] },
      { status: 'approved' },
    ]);
    await expectSoundBooks(pool, TENANT);
  });

  it('of the life itself, whatever arrives, is thrown, and nothing that arrived is put away', async () => {
    const accountId = await opened();
    await database.owner.query(`create function break_account() returns trigger language plpgsql as $$
      begin raise exception 'broken on purpose' using errcode = '55000'; end $$;
      create trigger break_account before update on credit_account for each row execute function break_account()`);
    await expect(step(accountId, ON, payment('p', 100, ON))).rejects.toThrow('broken on purpose');
    await database.owner.query('drop trigger break_account on credit_account; drop function break_account()');
    expect(await asides(accountId)).toEqual([]);
    await step(accountId, ON, payment('p', 100, ON));
    expect(await paidKeys(accountId)).toEqual(['payment/p']);
  });

  it('that passes is thrown, and nothing is put away', async () => {
    const accountId = await opened();
    for (const code of ['53200', '57014', '55P03', '08006', '58030']) {
      const mend = await breakFacts('paid', code);
      await expect(step(accountId, ON, payment('p', 100, ON))).rejects.toMatchObject({ code });
      await mend();
    }
    expect(await asides(accountId)).toEqual([]);
    await step(accountId, ON, payment('p', 100, ON));
    expect(await paidKeys(accountId)).toEqual(['payment/p']);
  });
});

test('which faults pass, and which are of a value', () => {
  const fault = (code: string, constraint = '') => Object.assign(new Error('x'), { code, constraint });
  expect(
    ['08006', '40001', '40P01', '53300', '57014', '57P01', '58030', '55P03'].map((code) => isPassing(fault(code))),
  ).toEqual(Array(8).fill(true));
  expect(
    ['22021', '23505', '42703', '54000', '55000', 'P0001', 'ECONNRESET'].map((code) => isPassing(fault(code))),
  ).toEqual(Array(7).fill(false));
  expect([fault('22P05'), fault('23514', 'incident_scope_check')].map(isOfValue)).toEqual([true, true]);
  expect([fault('23505', 'account_fact_pkey'), fault('42P01'), new TypeError('x')].map(isOfValue)).toEqual([
    false,
    false,
    false,
  ]);
});
