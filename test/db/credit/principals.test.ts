/** Who acted is on record, and is who it says: signatures of messages, words of two, on a real PostgreSQL. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Arrival } from '../../../src/contracts/activities';
import type { Restructuring, WriteOffDecision } from '../../../src/contracts/credit/account';
import { readTimeline } from '../../../src/db/credit/timeline';
import { addDays, type IsoDate } from '../../../src/domain/values/calendar';
import { UNVERIFIED } from '../../../src/domain/values/principals';
import { ACTORS, CASH_LOAN, OPENED_ON, openOnTerms, payment, type Step, sentBy, stepsOn } from '../servicedAccounts';
import { TENANT, useDatabase } from '../testDatabase';

const database = useDatabase();
let step: Step;
let loans = 0;

beforeAll(() => {
  step = stepsOn(database.pool);
});

async function opened(): Promise<string> {
  const accountId = `loan-${++loans}`;
  await openOnTerms(database.pool, accountId, CASH_LOAN);
  await step(accountId, OPENED_ON, { kind: 'opening' });
  return accountId;
}

async function principals(table: string, accountId: string): Promise<[string, string | null][]> {
  const { rows } = await database.pool.query(
    `select business_key as key, principal from ${table} where account_id = $1 and business_key not like 'opening%'
      order by business_key`,
    [accountId],
  );
  return rows.map(({ key, principal }) => [key, principal]);
}

const paid = (paymentId: string, amountFen = 10_000) => payment(paymentId, amountFen, OPENED_ON);

describe('a message', () => {
  it('is recorded under who signed it, in the books and on the timeline', async () => {
    const accountId = await opened();
    await step(accountId, OPENED_ON, sentBy('staff:mei', accountId, 'paymentReceived', paid('p1')), paid('p2'));
    expect(await principals('account_fact', accountId)).toEqual(
      expect.arrayContaining([
        ['payment/p1', 'staff:mei'],
        ['payment/p2', UNVERIFIED],
      ]),
    );
    const items = await readTimeline(database.pool, { tenantId: TENANT, accountId, limit: 50 });
    const told = items.filter(({ key }) => key === 'payment/p1' || key === 'payment/p2');
    expect(told.map(({ body }) => body.principal)).toEqual(['staff:mei', UNVERIFIED]);
    const { rows } = await database.pool.query(`select body from account_fact where business_key = 'payment/p1'`);
    expect(JSON.stringify(rows)).not.toContain('mac');
  });

  it.each<[what: string, change: (signed: Arrival, accounts: { accountId: string; other: string }) => Arrival]>([
    ['with another content', (signed) => ({ ...signed, payment: { ...paymentOf(signed), amountFen: 1 } }) as Arrival],
    ['to another account', (_, { other }) => sentBy('staff:mei', other, 'paymentReceived', paid('moved'))],
    ['by another name', (_, { accountId }) => sentBy('staff:mei', accountId, 'refundReceived', paid('moved'))],
    ['as somebody else', (signed) => withActor(signed, { principal: 'staff:boss' })],
    ['at another time', (signed) => withActor(signed, { issuedAtMs: 2 })],
    ['for another update', (signed) => withActor(signed, { messageId: 'another' })],
    ['with half a signature', (signed) => withActor(signed, { mac: 'ab' })],
    ['with a signature of no form', (signed) => withActor(signed, { mac: 7 })],
    ['by nobody', (signed) => withActor(signed, { principal: 'temporal:unverified' })],
    ['with an actor of no form', (signed) => ({ ...signed, payment: { ...paymentOf(signed), actor: [] } }) as never],
  ])('that was signed is nobody’s when it goes %s', async (_, change) => {
    const accountId = await opened();
    const other = await opened();
    const signed = sentBy('staff:mei', accountId, 'paymentReceived', paid('moved'));
    await step(accountId, OPENED_ON, change(signed, { accountId, other }));
    expect(await principals('account_fact', accountId)).toContainEqual(['payment/moved', UNVERIFIED]);
  });

  it('is one fact from whomever it comes again', async () => {
    const accountId = await opened();
    await step(accountId, OPENED_ON, sentBy('staff:mei', accountId, 'paymentReceived', paid('p1')));
    await step(accountId, OPENED_ON, sentBy('staff:lin', accountId, 'paymentReceived', paid('p1')), paid('p1'));
    expect(await principals('account_fact', accountId)).toContainEqual(['payment/p1', 'staff:mei']);
    expect(await principals('refused_arrival', accountId)).toEqual([]);
  });

  it('that is refused is kept once, with who sent it', async () => {
    const accountId = await opened();
    const refund: Arrival = { kind: 'refund', refund: { refundId: 'r1', amountFen: 1, refundedOn: OPENED_ON } };
    for (const principal of ['staff:mei', 'staff:lin']) {
      await step(accountId, OPENED_ON, sentBy(principal, accountId, 'refundReceived', refund));
    }
    expect(await principals('refused_arrival', accountId)).toEqual([['refund/r1', 'staff:mei']]);
  });
});

const paymentOf = (arrival: Arrival) => (arrival as Extract<Arrival, { kind: 'payment' }>).payment;

function withActor(arrival: Arrival, change: object): Arrival {
  const message = paymentOf(arrival);
  return { ...arrival, payment: { ...message, actor: { ...message.actor, ...change } } } as Arrival;
}

const IN_REVIEW = addDays(OPENED_ON, 260);
let words = 0;

/** One step with a word, as the API sends it for somebody; `key`: of its update. */
async function say(
  accountId: string,
  principal: string | undefined,
  { decision = 'write-off', key = `word-${++words}` }: { decision?: WriteOffDecision['decision']; key?: string } = {},
) {
  const word = { decision, decidedBy: 'whoever', reason: 'nobody answers' };
  const said = { kind: 'write-off-word', word, key } as const;
  const arrival = principal === undefined ? said : sentBy(principal, accountId, 'decideWriteOff', said);
  const { changes, state } = await step(accountId, IN_REVIEW, arrival);
  return { ...changes?.[`write-off-word/${key}`], stage: state.stage, voices: state.writeOffVoices };
}

async function inReview(): Promise<string> {
  const accountId = await opened();
  await step(accountId, IN_REVIEW);
  return accountId;
}

describe('a write-off', () => {
  it('needs two principals, compared without case', async () => {
    const accountId = await inReview();
    expect(await say(accountId, 'staff:mei')).toMatchObject({
      status: 'needs-second-person',
      stage: 'write-off-review',
    });
    expect(await say(accountId, 'staff:MEI')).toMatchObject({ status: 'same-person' });
    const done = await say(accountId, 'staff:lin');
    expect(done).toMatchObject({ status: 'written-off', stage: 'written-off' });
    const { rows } = await database.pool.query(
      `select principal, body from account_fact where account_id = $1 and business_key = 'write-off'`,
      [accountId],
    );
    expect(rows).toMatchObject([{ principal: 'staff:lin', body: { decidedBy: ['staff:mei', 'staff:lin'] } }]);
    const { rows: records } = await database.pool.query(
      `select body from evidence_record where kind = 'write-off-decision' and subject_id = $1`,
      [accountId],
    );
    expect(records).toMatchObject([{ body: { decidedBy: ['staff:mei', 'staff:lin'] } }]);
  });

  it('is not made by names that nobody signed, however many', async () => {
    const accountId = await inReview();
    expect(await say(accountId, undefined)).toMatchObject({ status: 'unverified' });
    expect(await say(accountId, 'staff:mei')).toMatchObject({ status: 'needs-second-person' });
    expect(await say(accountId, undefined)).toMatchObject({ status: 'unverified', stage: 'write-off-review' });
    const names = ['staff:mei', 'staff:lin'] as [string, string];
    const { state } = await step(accountId, IN_REVIEW, { kind: 'write-off', decidedBy: names });
    expect(state.stage).toBe('write-off-review');
    expect(await principals('refused_arrival', accountId)).toEqual(expect.arrayContaining([['write-off', UNVERIFIED]]));
  });

  it('counts a step that is tried again once', async () => {
    const accountId = await inReview();
    for (const _ of ['first', 'again']) {
      expect(await say(accountId, 'staff:mei', { key: `${accountId}-a` })).toMatchObject({
        status: 'needs-second-person',
      });
    }
    for (const _ of ['first', 'again']) {
      expect(await say(accountId, 'staff:lin', { key: `${accountId}-b` })).toMatchObject({ status: 'written-off' });
    }
  });

  it('is off the table when anybody keeps the account, and a word of before is not said again', async () => {
    const accountId = await inReview();
    const first = await say(accountId, 'staff:mei', { key: `${accountId}-a` });
    expect(first.voices).toMatchObject([{ decidedBy: 'staff:mei', reason: 'nobody answers' }]);
    expect(await say(accountId, undefined, { decision: 'keep' })).toMatchObject({ status: 'kept', voices: undefined });
    expect(await say(accountId, 'staff:lin')).toMatchObject({ status: 'needs-second-person' });
    const word = { decision: 'write-off', decidedBy: 'whoever', reason: 'nobody answers' } as const;
    const read = sentBy('staff:mei', accountId, 'decideWriteOff', {
      kind: 'write-off-word',
      word,
      key: `${accountId}-a`,
    } as const);
    const { changes } = await step(accountId, IN_REVIEW, { ...read, key: 'given-again' });
    expect(changes?.['write-off-word/given-again']).toEqual({ status: 'unverified' });
  });
});

const PROPOSAL = { months: 12, dailyRate: '0.0003' };

async function propose(accountId: string, on: IsoDate, changes: Partial<Restructuring> = {}, by = 'staff:mei') {
  const restructuring = { restructuringId: 's1', agreedOn: on, ...PROPOSAL, ...changes };
  const arrival: Arrival = { kind: 'restructuring', restructuring };
  const { changes: answers } = await step(accountId, on, sentBy(by, accountId, 'restructureLoan', arrival));
  return answers?.[`restructuring/${restructuring.restructuringId}`];
}

async function approve(accountId: string, on: IsoDate, by: string) {
  const arrival: Arrival = { kind: 'restructuring-approval', approval: { restructuringId: 's1' } };
  const { changes } = await step(accountId, on, sentBy(by, accountId, 'approveRestructuring', arrival));
  return changes?.['restructuring-approval/s1'];
}

describe('a restructuring', () => {
  const DAY = addDays(OPENED_ON, 20);
  const proposed = { status: 'proposed', approveByMs: expect.any(Number) };
  const refused = (code: string) => ({ status: 'refused', reasonCodes: [code] });

  it('is made by the approval of another principal, who may be late by a day', async () => {
    const accountId = await opened();
    expect(await propose(accountId, DAY)).toEqual(proposed);
    expect(await principals('account_fact', accountId)).not.toContainEqual(['restructuring/s1', expect.anything()]);
    expect(await approve(accountId, DAY, 'staff:MEI')).toEqual(refused('SAME_PRINCIPAL'));
    expect(await approve(accountId, addDays(DAY, 1), 'staff:lin')).toEqual({ status: 'accepted' });
    expect(await principals('account_fact', accountId)).toContainEqual(['restructuring/s1', 'staff:lin']);
    const { rows } = await database.pool.query(
      `select decided_by, body from decision_record where subject_id = $1 and kind = 'restructured'`,
      [accountId],
    );
    expect(rows).toMatchObject([
      { decided_by: 'staff:mei,staff:lin', body: { decidedBy: ['staff:mei', 'staff:lin'] } },
    ]);
    const items = await readTimeline(database.pool, { tenantId: TENANT, accountId, limit: 50 });
    expect(items.filter(({ source }) => source === 'word').map(({ kind, body }) => [kind, body.principal])).toEqual([
      ['proposed', 'staff:mei'],
      ['approved', 'staff:lin'],
    ]);
  });

  it('is not approved after the end of the next day', async () => {
    const accountId = await opened();
    await propose(accountId, DAY);
    expect(await approve(accountId, addDays(DAY, 2), 'staff:lin')).toEqual(refused('PROPOSAL_EXPIRED'));
    expect(await propose(accountId, addDays(DAY, 2), { agreedOn: DAY })).toEqual(refused('PROPOSAL_EXPIRED'));
  });

  it('without a date is the same proposal when it comes again after midnight', async () => {
    const accountId = await opened();
    expect(await propose(accountId, DAY, { undated: true })).toEqual(proposed);
    expect(await propose(accountId, addDays(DAY, 1), { undated: true })).toEqual(proposed);
    expect(await propose(accountId, addDays(DAY, 1))).toEqual(refused('SAME_KEY_OTHER_CONTENT'));
    expect(await approve(accountId, addDays(DAY, 1), 'staff:lin')).toEqual({ status: 'accepted' });
    const { rows } = await database.pool.query(
      `select value_date from account_fact where account_id = $1 and business_key = 'restructuring/s1'`,
      [accountId],
    );
    expect(rows).toEqual([{ value_date: DAY }]);
    expect(await propose(accountId, addDays(DAY, 1), { undated: true })).toEqual({ status: 'accepted' });
  });

  it('is judged again when it is approved', async () => {
    const accountId = await opened();
    await propose(accountId, DAY);
    await step(accountId, DAY, { ...payment('all', 2_000_000, DAY) });
    await step(accountId, DAY, {
      kind: 'payment',
      payment: { paymentId: 'off', amountFen: 1, paidOn: DAY, intent: 'payoff' },
    });
    expect(await approve(accountId, DAY, 'staff:lin')).toMatchObject({ status: 'refused' });
  });

  it('is neither proposed nor approved without a key', async () => {
    const accountId = await opened();
    const restructuring = { restructuringId: 's2', agreedOn: DAY, ...PROPOSAL };
    const named = { ...restructuring, decidedBy: ['staff:mei', 'staff:lin'] as [string, string] };
    for (const each of [restructuring, named]) {
      const { changes } = await step(accountId, DAY, { kind: 'restructuring', restructuring: each });
      expect(changes?.['restructuring/s2']).toEqual(refused('UNVERIFIED_PRINCIPAL'));
    }
    await propose(accountId, DAY);
    const approval = { restructuringId: 's1' };
    const { changes } = await step(accountId, DAY, { kind: 'restructuring-approval', approval });
    expect(changes?.['restructuring-approval/s1']).toEqual(refused('UNVERIFIED_PRINCIPAL'));
  });
});

describe('a signature', () => {
  it('says nothing of the secret, and another secret knows it not', () => {
    const sent = { workflowId: 'cash-loan/lender/a', name: 'paymentReceived', message: { amountFen: 1 } };
    const signed = ACTORS.signed(sent, { principal: 'staff:mei', issuedAtMs: 1 });
    expect(ACTORS.principalOf({ ...sent, message: signed })).toBe('staff:mei');
    expect(JSON.parse(JSON.stringify(signed))).toEqual(signed);
    expect(JSON.stringify(signed)).not.toContain('secret');
  });
});
