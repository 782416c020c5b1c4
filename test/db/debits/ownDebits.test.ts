/** Payments of our own debits beside callers' ids: nobody else's message is one, and none is lost for it. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import { keepOutcome } from '../../../src/activities/debits/debitOutcome';
import type { AskedOf } from '../../../src/activities/debits/debitSweep';
import type { Arrival } from '../../../src/contracts/activities';
import type { SettledDebit } from '../../../src/contracts/credit/account';
import { debitReferenceOf, factKeys, RESERVED_BEGINNINGS } from '../../../src/contracts/names';
import { readFacts, recordFact } from '../../../src/db/credit/facts';
import { readMissedDebits } from '../../../src/db/credit/runChecks';
import { markDebitAttempted, markDebitSettled } from '../../../src/db/debits/debitAttempts';
import { changeMandate, listMandateChanges } from '../../../src/db/debits/mandates';
import { listDebits, lockUnfinishedDebits, planDebits } from '../../../src/db/debits/plannedDebits';
import { measuresInForce } from '../../../src/db/incidents/incidents';
import { inTransaction } from '../../../src/db/transaction';
import { defaultPolicy } from '../../../src/domain/policy/defaultPolicy';
import { expectSoundBooks } from '../../support/books';
import { CASH_LOAN, noonOf, openOnTerms, payment, type Step, stepsOn } from '../servicedAccounts';
import { TENANT, useDatabase } from '../testDatabase';

const database = useDatabase();
let accounts = 0;
let pool: Pool;
let step: Step;

beforeEach(() => {
  pool = database.pool;
  step = stepsOn(pool);
});

const DUE: string = '2026-04-02';
const AMOUNT_FEN = 172_411;
const told = (debit: SettledDebit): Arrival => ({ kind: 'debit', debit });

/** A loan with a debit of its first instalment, which has settled or is still under way. */
async function debited(status: 'attempted' | 'settled' = 'settled') {
  const accountId = `own-${++accounts}`;
  const ref = { tenantId: TENANT, accountId };
  await openOnTerms(pool, accountId, CASH_LOAN);
  await step(accountId, '2026-03-02', { kind: 'opening' });
  const debits = [{ obligationKey: 'instalment-1', dueDate: DUE, atMs: noonOf(DUE) }];
  const reference = `${accountId}.instalment-1.1`;
  await inTransaction(pool, async (client) => {
    await planDebits(client, { ...ref, lane: 0, debits });
    await markDebitAttempted(client, {
      tenantId: TENANT,
      reference,
      mandateId: 'm-1',
      amountFen: AMOUNT_FEN,
      businessDate: DUE,
      rail: 'sandbox',
      atMs: noonOf(DUE),
      nextAtMs: noonOf(DUE),
    });
  });
  const settle = () =>
    inTransaction(pool, (client) =>
      markDebitSettled(client, { tenantId: TENANT, reference, railId: 'r', settledOn: DUE, atMs: noonOf(DUE) }),
    );
  if (status === 'settled') await settle();
  return { ref, accountId, reference, settle };
}

async function paid(accountId: string) {
  const facts = await readFacts(pool, { tenantId: TENANT, accountId });
  return facts.flatMap((fact) => (fact.kind === 'paid' ? [[fact.key, fact.amountFen]] : []));
}

async function refused(accountId: string): Promise<unknown[]> {
  const { rows } = await pool.query<{ codes: string[]; body: { payment?: object } }>(
    `select reason_codes as codes, body from refused_arrival where account_id = $1 order by at_ms, business_key`,
    [accountId],
  );
  return rows.map(({ codes, body }) => [...codes, body.payment]);
}

describe('a debit of ours', () => {
  it('is booked with what the books of debits have, once, and not with what the message says', async () => {
    const { accountId, reference } = await debited();
    await step(accountId, DUE, told({ reference, amountFen: 1, settledOn: '2026-03-20' }));
    await step(accountId, DUE, told({ reference, amountFen: AMOUNT_FEN, settledOn: DUE }));
    expect(await paid(accountId)).toEqual([[`payment/debit:${reference}`, AMOUNT_FEN]]);
    await expectSoundBooks(pool, TENANT);
  });

  it('is refused before it settled, and of another account', async () => {
    const { accountId, reference, settle } = await debited('attempted');
    const other = await debited();
    await step(accountId, DUE, told({ reference, amountFen: AMOUNT_FEN, settledOn: DUE }));
    await step(accountId, DUE, told({ reference: other.reference, amountFen: AMOUNT_FEN, settledOn: DUE }));
    expect(await paid(accountId)).toEqual([]);
    expect(await refused(accountId)).toEqual([
      ['UNKNOWN_DEBIT', undefined],
      ['UNKNOWN_DEBIT', undefined],
    ]);
    await settle();
    await step(accountId, DUE, told({ reference, amountFen: AMOUNT_FEN, settledOn: DUE }));
    expect(await paid(accountId)).toHaveLength(1);
  });

  it('of a message without sense changes nothing', async () => {
    const { accountId } = await debited();
    await step(accountId, DUE, { kind: 'debit' } as never, told({ reference: 7, amountFen: 'x' } as never));
    expect(await paid(accountId)).toEqual([]);
    expect(await refused(accountId)).toHaveLength(2);
  });
});

describe('a payment in the form of ids that is ours', () => {
  it('swallows no debit, whenever it comes; it is kept with all that it says', async () => {
    const { accountId, reference, settle } = await debited('attempted');
    const forged = payment(`debit:${reference}`, 1, '2026-03-20');
    await step(accountId, '2026-03-20', forged);
    await settle();
    await step(accountId, DUE, forged, payment(`debit:${reference}`, AMOUNT_FEN, '2026-04-01'));
    await step(accountId, DUE, payment('debit:anything', 500, DUE), payment('debit:', 500, DUE));
    await step(accountId, DUE, told({ reference, amountFen: AMOUNT_FEN, settledOn: DUE }), forged);
    expect(await paid(accountId)).toEqual([[`payment/debit:${reference}`, AMOUNT_FEN]]);
    const kept = await refused(accountId);
    expect(kept).toContainEqual(['RESERVED_ID', expect.objectContaining({ amountFen: 1 })]);
    expect(kept).toContainEqual(['RESERVED_ID', expect.objectContaining({ paymentId: 'debit:anything' })]);
    expect(await inForce()).toEqual([]);
    await expectSoundBooks(pool, TENANT);
  });

  it('is the debit where it tells what the books of debits have: from a worker of before the signal', async () => {
    const { accountId, reference } = await debited();
    await step(accountId, DUE, payment(`debit:${reference}`, AMOUNT_FEN, DUE));
    await step(accountId, DUE, told({ reference, amountFen: AMOUNT_FEN, settledOn: DUE }));
    expect(await paid(accountId)).toEqual([[`payment/debit:${reference}`, AMOUNT_FEN]]);
    expect(await refused(accountId)).toEqual([]);
  });

  it('that was booked before the form was reserved is the same payment when it comes again', async () => {
    const { ref, accountId } = await debited('attempted');
    const fact = {
      kind: 'paid',
      key: 'payment/debit:x',
      valueDate: DUE,
      amountFen: 500,
      intent: 'instalment',
    } as const;
    await inTransaction(pool, (client) => recordFact(client, { ...ref, fact, arrivedAtMs: noonOf(DUE) }));
    await step(accountId, DUE, payment('debit:x', 500, DUE), payment('debit:x', 501, DUE));
    expect(await paid(accountId)).toEqual([['payment/debit:x', 500]]);
    expect(await refused(accountId)).toEqual([['RESERVED_ID', expect.objectContaining({ amountFen: 501 })]]);
  });

  it('has one spelling, in the contracts and in the statements', () => {
    expect(factKeys.debit('r')).toBe(factKeys.payment(`${RESERVED_BEGINNINGS.payment}r`));
    expect([debitReferenceOf('debit:r'), debitReferenceOf('payment'), debitReferenceOf(7)]).toEqual([
      'r',
      undefined,
      undefined,
    ]);
  });
});

async function inForce() {
  return (await measuresInForce(pool, { tenantId: TENANT })).map(({ measures }) => measures);
}

describe('money that was debited and is booked with another sum', () => {
  it('keeps the borrower from being debited again, is told by the run checks, and stops debits', async () => {
    const { ref, accountId, reference } = await debited();
    const key = `payment/debit:${reference}`;
    const swallowed = { kind: 'paid', key, valueDate: '2026-03-20', amountFen: 1, intent: 'instalment' } as const;
    await inTransaction(pool, (client) => recordFact(client, { ...ref, fact: swallowed, arrivedAtMs: noonOf(DUE) }));
    expect(await inForce()).toEqual([]);
    await step(accountId, DUE, told({ reference, amountFen: AMOUNT_FEN, settledOn: DUE }));
    expect(await refused(accountId)).toEqual([['SAME_KEY_OTHER_CONTENT', undefined]]);
    const unfinished = await inTransaction(pool, (client) => lockUnfinishedDebits(client, ref));
    expect(unfinished).toEqual([{ reference, status: 'settled' }]);
    const missed = await readMissedDebits(pool, { tenantId: TENANT, beforeMs: noonOf('2026-05-02') });
    expect(missed).toContainEqual({ reference, status: 'settled' });
    expect(await inForce()).toEqual([['auto-debit']]);
  });
});

describe("a change of the mandate in the form that is the rail's", () => {
  it('is refused, and one from before keeps no refusal from ending the mandate', async () => {
    const { ref, accountId, reference } = await debited('attempted');
    const given = { mandateId: 'm-1', agreedOn: '2026-03-02' };
    const change = (changeId: string) =>
      step(accountId, '2026-03-02', { kind: 'mandate', mandate: { changeId, ...given } });
    const { changes } = await change(`rail:${reference}`);
    expect(changes?.[`mandate/rail:${reference}`]).toEqual({ status: 'refused', reasonCodes: ['INVALID_INPUT'] });
    await inTransaction(pool, (client) =>
      changeMandate(client, {
        ...ref,
        changeId: `rail:${reference}`,
        ...given,
        decidedBy: 'borrower',
        atMs: noonOf('2026-03-02'),
      }),
    );
    const [debit] = await listDebits(pool, ref);
    const request = { reference, mandateId: 'm-1', amountFen: AMOUNT_FEN, businessDate: DUE };
    const asked = { debit, request, attemptedAtMs: noonOf(DUE), policy: defaultPolicy } as AskedOf;
    const outcome = { status: 'refused', refusalClass: 'mandate-invalid', code: 'M1' } as const;
    const input = { tenantId: TENANT, lane: 0, asOfMs: noonOf(DUE) };
    await inTransaction(pool, (client) => keepOutcome(client, input, asked, outcome as never));
    const { rows } = await pool.query('select mandate_id from credit_account where account_id = $1', [accountId]);
    expect(rows).toEqual([{ mandate_id: null }]);
    expect((await listMandateChanges(pool, ref)).at(-1)).toMatchObject({ decidedBy: 'rail', mandateId: null });
  });
});
