/** Writes over HTTP: what is refused and in which words, what is written, and that a repeat is the same deed. */

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { saveDecision } from '../../src/db/origination/applications';
import { readIdentity } from '../../src/db/origination/identities';
import { inTransaction } from '../../src/db/transaction';
import { createVault } from '../../src/db/vault';
import { defaultPolicy } from '../../src/domain/policy/defaultPolicy';
import { REAL_TIME } from '../../src/domain/values/clock';
import { OutcomeUnknown } from '../../src/platform/outcomeUnknown';
import {
  applicationOf,
  type Harness,
  NOW_MS,
  offeredApplication,
  openedAccount,
  PERSON,
  startHarness,
  TENANT,
  TODAY,
} from './harness';

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
  await openedAccount(harness, 'loan', 'cash-loan');
  await openedAccount(harness, 'card', 'revolving');
  await offeredApplication(harness, 'offered-loan', 'cash-loan');
  await offeredApplication(harness, 'offered-card', 'revolving');
});
beforeEach(() => {
  harness.gateway.asked = [];
  harness.gateway.outcome = { status: 'not-running' };
  harness.gateway.fault = undefined;
  harness.clock.nowMs = NOW_MS;
});
afterAll(() => harness.close());

describe('applications', () => {
  it('keeps the person in the vault, and starts the workflow with ids only', async () => {
    const { status, body } = await harness.post('/v1/applications', applicationOf('a-1'));
    expect(status).toBe(202);
    expect(body).toEqual({
      applicationId: 'a-1',
      links: {
        self: '/v1/applications/a-1',
        offer: '/v1/offers/a-1',
        objections: '/v1/applications/a-1/objections',
      },
    });
    const [start] = harness.gateway.asked;
    expect(start).toMatchObject({
      kind: 'start',
      input: { tenantId: TENANT, applicationId: 'a-1', borrowerId: 'borrower-of-a-1', product: 'cash-loan' },
    });
    for (const secret of Object.values(PERSON)) expect(JSON.stringify(start)).not.toContain(secret);
    const vault = createVault({ keyId: 'k1', key: Buffer.alloc(32, 7) });
    const borrower = { tenantId: TENANT, borrowerId: 'borrower-of-a-1' };
    expect(await readIdentity(harness.pool, vault, borrower)).toEqual(PERSON);
  });

  it('has no plain text of the person anywhere in the database', async () => {
    await harness.post('/v1/applications', applicationOf('a-plain'));
    const tables = await harness.owner.query<{ name: string }>(
      `select table_name as name from information_schema.tables where table_schema = 'public'`,
    );
    for (const { name } of tables.rows) {
      const { rows } = await harness.owner.query<{ row: string }>(`select t::text as row from "${name}" t`);
      const text = rows.map(({ row }) => row).join('\n');
      for (const secret of Object.values(PERSON)) {
        // bytea shows as hex: the bytes of the text must not be there either.
        expect(text.includes(secret) || text.includes(Buffer.from(secret).toString('hex'))).toBe(false);
      }
    }
  });

  it('takes the same application under another key as the same, and another one under its id as a conflict', async () => {
    expect((await harness.post('/v1/applications', applicationOf('a-2'))).status).toBe(202);
    expect((await harness.post('/v1/applications', applicationOf('a-2'))).status).toBe(202);
    const records = await harness.count('idempotency_record');
    const other = await harness.post('/v1/applications', applicationOf('a-2', { requestedFen: 600_000 }));
    expect(other.status).toBe(409);
    expect(other.body).toMatchObject({ type: 'urn:creditloom:problem:application-id-used', field: 'applicationId' });
    expect(await harness.count('idempotency_record')).toBe(records);
  });

  it('takes one that is over as the same, and starts nothing: its run may be gone, the books are not', async () => {
    await harness.post('/v1/applications', applicationOf('a-over'));
    const { asked } = harness.gateway;
    asked.length = 0;
    await harness.pool.query(`update application set stage = 'declined' where application_id = 'a-over'`);
    const again = await harness.post('/v1/applications', applicationOf('a-over'));
    expect(again).toMatchObject({ status: 202, body: { applicationId: 'a-over' } });
    expect((await harness.post('/v1/applications', applicationOf('a-over', { requestedFen: 600_000 }))).status).toBe(
      409,
    );
    expect(asked).toEqual([]);
    const end = harness.pool.query(`update application set stage = 'expired' where application_id = 'a-over'`);
    await expect(end).rejects.toThrow('is declined for good');
  });

  it.each([
    ['a missing field', { requestedFen: undefined }, 'requestedFen', 'is missing'],
    ['an amount of nothing', { requestedFen: 0 }, 'requestedFen', 'is too small'],
    ['a part of a fen', { requestedFen: 10.5 }, 'requestedFen', 'is not a whole number where another type belongs'],
    ['an amount as text', { requestedFen: '500000' }, 'requestedFen', 'is a string where another type belongs'],
    ['an unknown product', { product: 'mortgage' }, 'product', 'is none of the known values'],
    ['an id that cannot be a key', { applicationId: 'a/1' }, 'applicationId', 'does not have the right form'],
    ['an unknown field', { colour: 'red' }, 'colour', 'is not known here'],
    ['an unknown field inside', { identity: { check: 'matched', sex: 'm' } }, 'identity.sex', 'is not known here'],
    [
      'a ratio above one',
      { behaviour: { refundRatio: '1.5' } },
      'behaviour.refundRatio',
      'does not have the right form',
    ],
    [
      'a phone of another country',
      { borrower: { borrowerId: 'b', ...PERSON, phone: '85212345678' } },
      'borrower.phone',
      'does not have the right form',
    ],
    [
      'an identity number that is too short',
      { borrower: { borrowerId: 'b', ...PERSON, idNumber: '1101011990030712' } },
      'borrower.idNumber',
      'does not have the right form',
    ],
    [
      'an identity number whose check digit is wrong',
      { borrower: { borrowerId: 'b', ...PERSON, idNumber: '110105194912310021' } },
      'borrower.idNumber',
      'has a check digit that does not fit (GB 11643)',
    ],
    [
      'an identity number without a real birth date',
      { borrower: { borrowerId: 'b', ...PERSON, idNumber: '000000199002300014' } },
      'borrower.idNumber',
      'holds no real birth date',
    ],
    [
      'an identity number of somebody who is born tomorrow',
      { borrower: { borrowerId: 'b', ...PERSON, idNumber: '000000202607110018' } },
      'borrower.idNumber',
      'holds a birth date that has not come yet',
    ],
  ])('refuses %s by name, and writes nothing', async (_case, changes, field, fault) => {
    const tables = ['borrower', 'vault_identity_version', 'application', 'idempotency_record'];
    const before = await Promise.all(tables.map((table) => harness.count(table)));
    const { status, body, headers } = await harness.post('/v1/applications', applicationOf('a-bad', changes));
    expect(status).toBe(400);
    expect(headers['content-type']).toMatch('application/problem+json');
    expect(body).toMatchObject({ type: 'urn:creditloom:problem:invalid-request', status: 400, field });
    expect(body.errors[0]).toEqual({ field, fault, fix: expect.any(String) });
    expect(await Promise.all(tables.map((table) => harness.count(table)))).toEqual(before);
    expect(harness.gateway.asked).toEqual([]);
  });

  it('never repeats a wrong value', async () => {
    const phone = '99912348000';
    const borrower = { borrowerId: 'b', ...PERSON, phone };
    expect((await harness.post('/v1/applications', applicationOf('a-echo', { borrower }))).text).not.toContain(phone);
    for (const idNumber of ['110105194912310021', '000000199002300014', '000000202607110018', '1101051949123100']) {
      const wrong = applicationOf('a-echo', { borrower: { borrowerId: 'b', ...PERSON, idNumber } });
      const { status, text } = await harness.post('/v1/applications', wrong);
      expect(status).toBe(400);
      expect(text).not.toContain(idNumber);
    }
  });

  it('keeps an identity number with its X, however that is written', async () => {
    const asked = (x: string, borrowerId: string) =>
      applicationOf(`a-${borrowerId}`, { borrower: { ...PERSON, borrowerId, idNumber: `11010519491231002${x}` } });
    expect((await harness.post('/v1/applications', asked('x', 'small'))).status).toBe(202);
    expect((await harness.post('/v1/applications', asked('X', 'large'))).status).toBe(202);
    for (const borrowerId of ['small', 'large']) {
      const kept = await readIdentity(harness.pool, harness.context.vault, { tenantId: TENANT, borrowerId });
      expect(kept?.idNumber).toBe('11010519491231002X');
    }
  });

  it('stays started while Temporal is away, and the same request brings it on its way', async () => {
    harness.gateway.fault = new OutcomeUnknown('Temporal is away');
    const away = await harness.post('/v1/applications', applicationOf('a-3'), 'key-of-a-3');
    expect(away.status).toBe(503);
    expect(away.headers['retry-after']).toBe('5');
    const { rows } = await harness.owner.query(
      `select state from idempotency_record where idempotency_key = 'key-of-a-3'`,
    );
    expect(rows).toEqual([{ state: 'started' }]);
    harness.gateway.fault = undefined;
    const again = await harness.post('/v1/applications', applicationOf('a-3'), 'key-of-a-3');
    expect(again.status).toBe(202);
    expect(again.headers['idempotency-replayed']).toBeUndefined();
  });
});

describe('idempotency', () => {
  it('asks for a key', async () => {
    const answer = await harness.call({ method: 'POST', url: '/v1/applications', payload: applicationOf('a-4') });
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toEqual([{ field: 'idempotency-key', fault: 'is missing', fix: expect.any(String) }]);
  });

  it('refuses a key in the form that is ours, and takes one that only looks like it', async () => {
    const payment = { paymentId: 'p-ours', amountFen: 1000, paidOn: TODAY };
    const tell = (key: string) => harness.post('/v1/accounts/loan/payments', payment, key);
    for (const key of ['again-2-x', `again-10-${'a'.repeat(40)}`]) {
      const { status, body } = await tell(key);
      expect(status).toBe(400);
      const fault = 'begins with again- and a number, which is reserved';
      const fix = 'send an id that does not begin with again- and a number';
      expect(body.errors).toEqual([{ field: 'idempotency-key', fault, fix }]);
    }
    expect(harness.gateway.asked).toEqual([]);
    expect((await tell('again-please')).status).toBe(202);
  });

  it('answers a repeat as before, and does nothing', async () => {
    const first = await harness.post('/v1/applications', applicationOf('a-5'), 'same');
    const { finances, ...rest } = applicationOf('a-5');
    const repeat = await harness.post('/v1/applications', { finances, ...rest }, 'same');
    expect(repeat.status).toBe(first.status);
    expect(repeat.body).toEqual(first.body);
    expect(repeat.headers['idempotency-replayed']).toBe('true');
    expect(harness.gateway.asked).toHaveLength(1);
  });

  it('refuses the key with other input, and on another resource', async () => {
    const payment = { paymentId: 'p-1', amountFen: 1000, paidOn: TODAY };
    expect((await harness.post('/v1/accounts/loan/payments', payment, 'reused')).status).toBe(202);
    const otherBody = await harness.post('/v1/accounts/loan/payments', { ...payment, amountFen: 1001 }, 'reused');
    const otherAccount = await harness.post('/v1/accounts/card/payments', payment, 'reused');
    for (const { status, body } of [otherBody, otherAccount]) {
      expect(status).toBe(409);
      expect(body).toMatchObject({ type: 'urn:creditloom:problem:idempotency-key-reused', field: 'idempotency-key' });
    }
    expect(harness.gateway.asked).toHaveLength(1);
  });

  it('keeps the date of the first attempt when a later one completes the request', async () => {
    harness.gateway.fault = new OutcomeUnknown('Temporal is away');
    const payment = { paymentId: 'p-2', amountFen: 1000 };
    expect((await harness.post('/v1/accounts/loan/payments', payment, 'late')).status).toBe(503);
    harness.gateway.fault = undefined;
    harness.clock.nowMs += 2 * 86_400_000;
    expect((await harness.post('/v1/accounts/loan/payments', payment, 'late')).status).toBe(202);
    expect(harness.gateway.asked.map(({ input }) => input.paidOn)).toEqual([TODAY, TODAY]);
  });
});

describe('offers', () => {
  const terms = { principalFen: 300_000, months: 6, method: 'level' };

  it('opens a cash loan under the request key', async () => {
    harness.gateway.outcome = { status: 'answered', answer: { status: 'opened', accountId: 'offered-loan-1' } };
    const { status, body } = await harness.post('/v1/offers/offered-loan/acceptance', terms, 'accept-1');
    expect(status).toBe(201);
    expect(body).toEqual({ accountId: 'offered-loan-1', links: { self: '/v1/accounts/offered-loan-1' } });
    expect(harness.gateway.asked).toEqual([
      {
        kind: 'update',
        workflowId: `application/${TENANT}/offered-loan`,
        name: 'acceptOffer',
        updateId: 'accept-1',
        input: { product: 'cash-loan', key: 'accept-1', acceptedOn: TODAY, ...terms },
      },
    ]);
  });

  it('tells a refusal with its reason codes, and the same again to a repeat', async () => {
    harness.gateway.outcome = { status: 'answered', answer: { status: 'refused', reasonCodes: ['ABOVE_OFFER'] } };
    const first = await harness.post('/v1/offers/offered-loan/draws', terms, 'draw-1');
    expect(first.status).toBe(422);
    expect(first.headers['content-type']).toMatch('application/problem+json');
    expect(first.body).toMatchObject({ type: 'urn:creditloom:problem:refused', reasonCodes: ['ABOVE_OFFER'] });
    const repeat = await harness.post('/v1/offers/offered-loan/draws', terms, 'draw-1');
    expect(repeat.body).toEqual(first.body);
    expect(repeat.headers['idempotency-replayed']).toBe('true');
  });

  it('judges a refusal anew for the same key when it has stood its time, and no other answer', async () => {
    const url = '/v1/offers/offered-loan/draws';
    const draw = () => harness.post(url, terms, 'draw-again');
    const isOld = (interval: string) =>
      harness.owner.query(
        `update idempotency_record set created_at = now() - interval '9 days', answered_at = now() - interval '${interval}'
          where idempotency_key = 'draw-again'`,
      );
    harness.gateway.outcome = { status: 'answered', answer: { status: 'refused', reasonCodes: ['ABOVE_OFFER'] } };
    const refused = await draw();
    harness.gateway.outcome = { status: 'answered', answer: { status: 'opened', accountId: 'offered-loan-1' } };
    await isOld('23 hours');
    expect((await draw()).body).toEqual(refused.body);
    await isOld('25 hours');
    // The key is of this input, however old its refusal is.
    expect((await harness.post(url, { ...terms, months: 3 }, 'draw-again')).status).toBe(409);
    harness.gateway.fault = new Error('the workflow did not answer');
    await draw();
    harness.gateway.fault = undefined;
    harness.gateway.asked = [];
    const opened = await draw();
    expect(opened).toMatchObject({ status: 201, body: { accountId: 'offered-loan-1' } });
    // Another name towards the workflow, the same however often this judgement is asked for.
    const [asked] = harness.gateway.asked;
    expect(asked?.updateId).toMatch(/^again-2-[0-9a-f]{40}$/);
    expect(asked?.input.key).toBe(asked?.updateId);
    harness.gateway.outcome = { status: 'answered', answer: { status: 'refused', reasonCodes: ['OFFER_CLOSED'] } };
    await isOld('300 days');
    const repeat = await draw();
    expect([repeat.status, repeat.body, repeat.headers['idempotency-replayed']]).toEqual([201, opened.body, 'true']);
  });

  it('refuses before there is an offer, without keeping the refusal', async () => {
    await harness.post('/v1/applications', applicationOf('early'));
    harness.gateway.asked = [];
    const early = await harness.post('/v1/offers/early/acceptance', terms, 'early-1');
    expect(early.status).toBe(422);
    expect(early.body.reasonCodes).toEqual(['NO_OPEN_OFFER']);
    expect(harness.gateway.asked).toEqual([]);
    const { rows } = await harness.owner.query(`select from idempotency_record where idempotency_key = 'early-1'`);
    expect(rows).toHaveLength(0);
  });

  it('refuses what comes after the offer was closed', async () => {
    const { status, body } = await harness.post('/v1/offers/offered-loan/draws', terms);
    expect(status).toBe(422);
    expect(body.reasonCodes).toEqual(['OFFER_CLOSED']);
  });

  it.each([
    ['cash loan without months', 'offered-loan', { principalFen: 1, method: 'level' }, 'months', 'is missing'],
    ['cash loan with a due day', 'offered-loan', { ...terms, dueDay: 5 }, 'dueDay', 'is not known here'],
    ['revolving with months', 'offered-card', { months: 6 }, 'months', 'is not known here'],
    ['due day of the 31st', 'offered-card', { dueDay: 31 }, 'dueDay', 'is too large'],
    ['tomorrow', 'offered-card', { acceptedOn: '2026-07-11' }, 'acceptedOn', 'is in the future'],
    ['no date', 'offered-card', { acceptedOn: '2026-02-29' }, 'acceptedOn', 'is not accepted'],
  ])('asks for the shape of the product: %s', async (_case, id, body, field, fault) => {
    const answer = await harness.post(`/v1/offers/${id}/acceptance`, body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors[0]).toMatchObject({ field, fault });
  });

  it('draws only cash loans', async () => {
    const { status, body } = await harness.post('/v1/offers/offered-card/draws', {});
    expect(status).toBe(422);
    expect(body.type).toBe('urn:creditloom:problem:wrong-product');
  });
});

describe('accounts', () => {
  const purchase = { purchaseId: 'buy-1', amountFen: 8800 };

  it('answers a purchase with the decision of the account', async () => {
    harness.gateway.outcome = {
      status: 'answered',
      answer: { status: 'declined', reasonCodes: ['ABOVE_AVAILABLE_LIMIT'], availableFen: 500 },
    };
    const { status, body } = await harness.post('/v1/accounts/card/purchases', purchase);
    expect(status).toBe(200);
    expect(body).toEqual({ status: 'declined', reasonCodes: ['ABOVE_AVAILABLE_LIMIT'], availableFen: 500 });
    expect(harness.gateway.asked[0]).toMatchObject({
      workflowId: `revolving/${TENANT}/card`,
      name: 'authorisePurchase',
      input: { ...purchase, purchasedOn: TODAY },
    });
  });

  it('has no purchases or refunds on a cash loan', async () => {
    const refund = { refundId: 'r-1', amountFen: 1 };
    for (const answer of [
      await harness.post('/v1/accounts/loan/purchases', purchase),
      await harness.post('/v1/accounts/loan/refunds', refund),
    ]) {
      expect(answer.status).toBe(422);
      expect(answer.body.type).toBe('urn:creditloom:problem:wrong-product');
    }
    expect(harness.gateway.asked).toEqual([]);
  });

  it('tells refunds and payments to the account', async () => {
    await harness.post('/v1/accounts/card/refunds', { refundId: 'r-2', amountFen: 100, refundedOn: '2026-07-01' });
    await harness.post('/v1/accounts/loan/payments', { paymentId: 'p-9', amountFen: 200, intent: 'payoff' });
    expect(harness.gateway.asked).toMatchObject([
      { name: 'refundReceived', input: { refundId: 'r-2', amountFen: 100, refundedOn: '2026-07-01' } },
      {
        name: 'paymentReceived',
        account: { tenantId: TENANT, accountId: 'loan', product: 'cash-loan', clock: REAL_TIME },
        input: { paymentId: 'p-9', amountFen: 200, paidOn: TODAY, intent: 'payoff' },
      },
    ]);
  });

  it('tells what a payment is for, and which instalment the debtor designates', async () => {
    const payment = { paymentId: 'p-11', amountFen: 200, intent: 'prepay-lower-payment', designatedInstalment: 2 };
    expect((await harness.post('/v1/accounts/loan/payments', payment)).status).toBe(202);
    expect(harness.gateway.asked[0]?.input).toEqual({ ...payment, paidOn: TODAY, undated: true });
  });

  it.each(['debit:loan.instalment-1.1', 'debit:anything', 'debit:'])(
    'refuses a payment id that is ours: %s',
    async (paymentId) => {
      const { status, body } = await harness.post('/v1/accounts/loan/payments', { paymentId, amountFen: 1 });
      expect(status).toBe(400);
      const fault = 'begins with debit:, which is reserved';
      expect(body.errors).toEqual([{ field: 'paymentId', fault, fix: 'send an id that does not begin with debit:' }]);
      expect(harness.gateway.asked).toEqual([]);
      // A debit bounces under the id that it has.
      const bounced = await harness.post(`/v1/accounts/loan/payments/${paymentId}/reversal`, { reversalId: 'v-debit' });
      expect(bounced.status).toBe(202);
    },
  );

  it.each([{ intent: 'prepay-lower-payment' }, { intent: 'prepay-shorter-term' }, { designatedInstalment: 1 }])(
    'knows no schedule on a revolving account: %j',
    async (change) => {
      const payment = { paymentId: 'p-12', amountFen: 200, ...change };
      const { status, body } = await harness.post('/v1/accounts/card/payments', payment);
      expect(status).toBe(422);
      expect(body.type).toBe('urn:creditloom:problem:wrong-product');
      expect(harness.gateway.asked).toEqual([]);
    },
  );

  it('tells that a payment bounced, and that held goods were received', async () => {
    const bounced = await harness.post('/v1/accounts/loan/payments/p-9/reversal', { reversalId: 'v-1' });
    expect(bounced.body).toEqual({ status: 'received', accountId: 'loan', id: 'v-1' });
    await harness.post('/v1/accounts/card/purchases/buy-1/confirmation', { confirmationId: 'c-1', confirmedOn: TODAY });
    expect(harness.gateway.asked).toMatchObject([
      {
        name: 'paymentReversed',
        account: { accountId: 'loan', product: 'cash-loan' },
        input: { reversalId: 'v-1', paymentId: 'p-9', reversedOn: TODAY },
      },
      {
        name: 'purchaseConfirmed',
        account: { accountId: 'card', product: 'revolving' },
        input: { confirmationId: 'c-1', purchaseId: 'buy-1', confirmedOn: TODAY },
      },
    ]);
    expect((await harness.post('/v1/accounts/loan/purchases/b/confirmation', { confirmationId: 'c' })).status).toBe(
      422,
    );
  });

  it('marks a date that it gives itself, and no date that was told', async () => {
    const post = (path: string, body: object) => harness.post(`/v1/accounts/${path}`, body);
    const asked: [path: string, body: object, dateField: string][] = [
      ['loan/payments', { paymentId: 'd', amountFen: 1 }, 'paidOn'],
      ['loan/payments/d/reversal', { reversalId: 'd' }, 'reversedOn'],
      ['card/purchases', { purchaseId: 'd', amountFen: 1 }, 'purchasedOn'],
      ['card/purchases/d/confirmation', { confirmationId: 'd' }, 'confirmedOn'],
      ['card/refunds', { refundId: 'd', amountFen: 1 }, 'refundedOn'],
      ['card/credit-returns', { returnId: 'd', amountFen: 1 }, 'returnedOn'],
      ['loan/restructurings', { restructuringId: 'd', months: 3, dailyRate: '0.0004' }, 'agreedOn'],
      ['loan/mandate', { changeId: 'd', mandateId: 'm' }, 'agreedOn'],
      ['loan/mandate/end', { changeId: 'e' }, 'agreedOn'],
    ];
    for (const [path, body, dateField] of asked) {
      harness.gateway.asked = [];
      await post(path, body);
      await post(path, { ...body, [dateField]: TODAY });
      expect(harness.gateway.asked.map(({ input }) => [input[dateField], input.undated])).toEqual([
        [TODAY, true],
        [TODAY, undefined],
      ]);
    }
  });

  it('tells at once that what is dated before the account counts from its opening', async () => {
    const moved = { bookedOn: TODAY, reasonCodes: ['DATED_BEFORE_OPENING'] };
    const old = { paymentId: 'p-old', amountFen: 200, paidOn: '2020-07-10' };
    const answer = await harness.post('/v1/accounts/loan/payments', old);
    expect(answer.body).toEqual({ status: 'received', accountId: 'loan', id: 'p-old', ...moved });
    expect(harness.gateway.asked[0]?.input).toMatchObject({ paidOn: '2020-07-10' });
    const refund = { refundId: 'r-old', amountFen: 200, refundedOn: '2026-07-09' };
    expect((await harness.post('/v1/accounts/card/refunds', refund)).body).toMatchObject(moved);
    const ofPurchase = { ...refund, refundId: 'r-of', purchaseId: 'buy-1' };
    expect((await harness.post('/v1/accounts/card/refunds', ofPurchase)).body).toEqual({
      status: 'received',
      accountId: 'card',
      id: 'r-of',
      reasonCodes: ['DATED_BEFORE_RELATED'],
    });
    const bounced = { reversalId: 'v-old', reversedOn: '2026-07-09' };
    expect((await harness.post('/v1/accounts/loan/payments/p-old/reversal', bounced)).body).toEqual({
      status: 'received',
      accountId: 'loan',
      id: 'v-old',
      reasonCodes: ['DATED_BEFORE_RELATED'],
    });
    harness.gateway.outcome = { status: 'answered', answer: { status: 'approved', availableFen: 500 } };
    const bought = await harness.post('/v1/accounts/card/purchases', { ...purchase, purchasedOn: '2026-07-09' });
    expect(bought.body).toEqual({ status: 'approved', availableFen: 500, ...moved });
    harness.gateway.outcome = { status: 'answered', answer: { status: 'accepted' } };
    const returned = { returnId: 't-old', amountFen: 1, returnedOn: '2026-07-09' };
    expect((await harness.post('/v1/accounts/card/credit-returns', returned)).body).toEqual({
      status: 'accepted',
      accountId: 'card',
      ...moved,
    });
    const onTime = await harness.post('/v1/accounts/loan/payments', {
      paymentId: 'p-new',
      amountFen: 1,
      paidOn: TODAY,
    });
    expect(onTime.body).toEqual({ status: 'received', accountId: 'loan', id: 'p-new' });
  });

  it('holds a purchase that is posted at its confirmation, and refunds it by name', async () => {
    harness.gateway.outcome = { status: 'answered', answer: { status: 'approved', availableFen: 500 } };
    await harness.post('/v1/accounts/card/purchases', { ...purchase, posting: 'at-confirmation' });
    await harness.post('/v1/accounts/card/refunds', { refundId: 'r-3', amountFen: 100, purchaseId: 'buy-1' });
    expect(harness.gateway.asked.map(({ input }) => input)).toMatchObject([
      { purchaseId: 'buy-1', posting: 'at-confirmation' },
      { refundId: 'r-3', purchaseId: 'buy-1' },
    ]);
  });

  it('takes money, refunds and received goods for a closed account, and declines a purchase', async () => {
    const refund = { refundId: 'r-4', amountFen: 200 };
    await openedAccount(harness, 'closed', 'revolving');
    await harness.owner.query(
      `update credit_account set stage = 'written-off', bucket = null where account_id = 'closed'`,
    );
    const taken = await harness.post('/v1/accounts/closed/payments', { paymentId: 'p-10', amountFen: 200 });
    expect(taken.status).toBe(202);
    expect((await harness.post('/v1/accounts/closed/payments/p-10/reversal', { reversalId: 'v-2' })).status).toBe(202);
    for (const path of ['refunds', 'purchases/buy-1/confirmation']) {
      const body = path === 'refunds' ? refund : { confirmationId: 'c-2' };
      expect((await harness.post(`/v1/accounts/closed/${path}`, body)).status).toBe(202);
    }
    const declined = await harness.post('/v1/accounts/closed/purchases', purchase);
    expect(declined.body).toEqual({ status: 'declined', reasonCodes: ['ACCOUNT_CLOSED'], availableFen: 0 });
  });

  it('counts two people on a write-off, and refuses the same one twice', async () => {
    const decision = { decision: 'write-off', decidedBy: 'staff-1', reason: 'nobody answers' };
    const unsaid = await harness.post('/v1/accounts/card/write-off-decisions', { ...decision, reason: undefined });
    expect({ status: unsaid.status, field: unsaid.body.field }).toEqual({ status: 400, field: 'reason' });
    expect(harness.gateway.asked).toEqual([]);
    harness.gateway.outcome = { status: 'answered', answer: { status: 'needs-second-person' } };
    const first = await harness.post('/v1/accounts/card/write-off-decisions', decision);
    expect(first.body).toEqual({ status: 'needs-second-person' });
    expect(harness.gateway.asked).toMatchObject([{ name: 'decideWriteOff', input: decision }]);
    harness.gateway.outcome = { status: 'answered', answer: { status: 'same-person' } };
    const second = await harness.post('/v1/accounts/card/write-off-decisions', decision);
    expect(second.status).toBe(409);
    expect(second.body).toMatchObject({ type: 'urn:creditloom:problem:same-person', field: 'authorization' });
    harness.gateway.outcome = { status: 'answered', answer: { status: 'unverified' } };
    expect((await harness.post('/v1/accounts/card/write-off-decisions', decision)).status).toBe(409);
    harness.gateway.outcome = { status: 'answered', answer: { status: 'not-in-review' } };
    expect((await harness.post('/v1/accounts/card/write-off-decisions', decision)).status).toBe(409);
  });

  it('signs who decides, and hears a second principal under the same Idempotency-Key as nobody it knows', async () => {
    harness.gateway.outcome = { status: 'answered', answer: { status: 'needs-second-person' } };
    harness.gateway.actors = [];
    const ask = async (principal: string) => {
      const headers = { authorization: `Bearer ${await harness.keyOf(principal)}`, 'idempotency-key': 'one-key' };
      const payload = { decision: 'write-off', reason: 'nobody answers' };
      return harness.call({ method: 'POST', url: '/v1/accounts/card/write-off-decisions', headers, payload });
    };
    expect((await ask('staff:mei')).status).toBe(200);
    expect(harness.gateway.asked).toMatchObject([{ input: { decidedBy: 'staff:mei' }, updateId: 'one-key' }]);
    expect(harness.gateway.actors).toMatchObject([{ principal: 'staff:mei', messageId: 'api:one-key' }]);
    const other = await ask('staff:lin');
    expect(other).toMatchObject({ status: 409, body: { type: 'urn:creditloom:problem:idempotency-key-reused' } });
    expect((await ask('staff:mei')).headers['idempotency-replayed']).toBe('true');
    expect(harness.gateway.asked).toHaveLength(1);
  });

  const CHANGES: [path: string, accountId: string, body: object, asked: object][] = [
    [
      'credit-returns',
      'card',
      { returnId: 't-1', amountFen: 100 },
      { name: 'returnCredit', account: { accountId: 'card' }, input: { returnedOn: TODAY, amountFen: 100 } },
    ],
    [
      'purchase-approvals',
      'card',
      { approvalId: 'ap-1', purchaseId: 'o-9', amountFen: 9_000_000, decidedBy: 'staff-1', reason: 'asked by phone' },
      { name: 'approvePurchase', workflowId: `revolving/${TENANT}/card`, input: { purchaseId: 'o-9' } },
    ],
    [
      'rate-corrections',
      'loan',
      { correctionId: 'rc-1', from: '2026-07-10', dailyRate: '0.0004', decidedBy: 'staff-1' },
      { name: 'correctRate', workflowId: `cash-loan/${TENANT}/loan`, input: { from: TODAY, dailyRate: '0.0004' } },
    ],
    [
      'rate-corrections',
      'card',
      { correctionId: 'rc-1', from: '2026-07-10', overdueDailyRate: '0', decidedBy: 'staff-1' },
      { name: 'correctRate', workflowId: `revolving/${TENANT}/card`, input: { overdueDailyRate: '0' } },
    ],
    [
      'restructurings',
      'loan',
      { restructuringId: 's-1', months: 12, dailyRate: '0.0003' },
      { name: 'restructureLoan', input: { agreedOn: TODAY, months: 12 } },
    ],
    [
      'restructurings/s-1/approval',
      'loan',
      {},
      { name: 'approveRestructuring', workflowId: `cash-loan/${TENANT}/loan`, input: { restructuringId: 's-1' } },
    ],
  ];

  it.each(CHANGES)('makes the change that people decided on: %s of %s', async (path, accountId, body, asked) => {
    harness.gateway.outcome = { status: 'answered', answer: { status: 'accepted' } };
    const answer = await harness.post(`/v1/accounts/${accountId}/${path}`, body);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ status: 'accepted', accountId });
    expect(harness.gateway.asked).toMatchObject([asked]);
  });

  it.each(CHANGES)('tells why the change is refused: %s of %s', async (path, accountId, body) => {
    harness.gateway.outcome = { status: 'answered', answer: { status: 'refused', reasonCodes: ['ABOVE_CREDIT'] } };
    const refused = await harness.post(`/v1/accounts/${accountId}/${path}`, body);
    expect(refused.status).toBe(422);
    expect(refused.body).toMatchObject({ type: 'urn:creditloom:problem:refused', reasonCodes: ['ABOVE_CREDIT'] });
    harness.gateway.outcome = { status: 'not-running' };
    // Its workflow is not there yet, or is gone for good.
    expect((await harness.post(`/v1/accounts/${accountId}/${path}`, body)).status).toBe(503);
    await harness.owner.query(`update credit_account set stage = 'settled', bucket = null where account_id = $1`, [
      accountId,
    ]);
    const closed = await harness.post(`/v1/accounts/${accountId}/${path}`, body);
    await harness.owner.query(`update credit_account set stage = 'current', bucket = 'M0' where account_id = $1`, [
      accountId,
    ]);
    expect(closed.body).toMatchObject({ status: 422, reasonCodes: ['ACCOUNT_CLOSED'] });
  });

  it.each([
    ['no rate', 'loan', 'rate-corrections', { dailyRate: undefined }, 'dailyRate'],
    ['a rate of one', 'loan', 'rate-corrections', { dailyRate: '1' }, 'dailyRate'],
    ['a rate as a number', 'loan', 'rate-corrections', { dailyRate: 0.0004 }, 'dailyRate'],
    ['a rate from tomorrow', 'loan', 'rate-corrections', { from: '2026-07-11' }, 'from'],
    ['two names', 'loan', 'restructurings', { decidedBy: ['staff-1', 'staff-2'] }, 'decidedBy'],
    ['a name', 'loan', 'restructurings/s-1/approval', { decidedBy: 'staff-1' }, 'decidedBy'],
    ['61 months', 'loan', 'restructurings', { months: 61 }, 'months'],
    ['no amount', 'card', 'credit-returns', { amountFen: 0 }, 'amountFen'],
  ])('refuses a change with %s', async (_case, accountId, path, change, field) => {
    const body = CHANGES.find(([each, of]) => each === path && of === accountId)?.[2];
    const { status, body: problem } = await harness.post(`/v1/accounts/${accountId}/${path}`, { ...body, ...change });
    expect({ status, field: problem.field }).toEqual({ status: 400, field: expect.stringMatching(`^${field}`) });
    expect(harness.gateway.asked).toEqual([]);
  });

  it.each([
    ['loan', 'rate-corrections', { correctionId: 'x', from: TODAY, revolvingDailyRate: '0', decidedBy: 's' }],
    ['card', 'rate-corrections', { correctionId: 'x', from: TODAY, dailyRate: '0', decidedBy: 's' }],
    ['card', 'restructurings', { restructuringId: 'x', months: 6, dailyRate: '0' }],
  ])('knows what the product has: %s, %s', async (accountId, path, body) => {
    const answer = await harness.post(`/v1/accounts/${accountId}/${path}`, body);
    expect(answer.status).toBe(422);
    expect(answer.body.type).toBe('urn:creditloom:problem:wrong-product');
    expect(harness.gateway.asked).toEqual([]);
  });

  it('decides a referral, and refuses when there is none', async () => {
    const decision = { decision: 'approve', decidedBy: 'staff-2', reason: 'income was proved' };
    const url = '/v1/applications/offered-loan/referral-decisions';
    harness.gateway.outcome = { status: 'answered', answer: 'offered' };
    expect((await harness.post(url, decision)).body).toEqual({
      applicationId: 'offered-loan',
      stage: 'offered',
      requestedFen: 2_000_000,
      grantedFen: 2_000_000,
      reasonCodes: ['LIMIT_BY_BAND'],
      reasons: [expect.objectContaining({ code: 'LIMIT_BY_BAND' })],
    });
    harness.gateway.outcome = { status: 'rejected', detail: 'the application is offered, not referred' };
    const refused = await harness.post(url, decision);
    expect(refused.status).toBe(409);
    expect(refused.body.detail).toContain('the application is offered, not referred');
  });

  describe('a referral', () => {
    const FINANCES = { monthlyIncomeFen: 2_222_201, monthlyDebtServiceFen: 3_303, unsecuredDebtFen: 44_404 };
    const decision = { decision: 'approve', decidedBy: 'staff-2', reason: 'payslips seen' };
    const url = (what: string) => `/v1/applications/referred/referral-${what}`;

    beforeAll(async () => {
      const { worstBureauCode, ...known } = { worstBureauCode: 1, openOverdue: false, bureauInquiries3Months: 2 };
      const finances = { ...known, worstBureauCode, monthlyDebtServiceFen: 1, unsecuredDebtFen: 2 };
      const asked = applicationOf('referred', { requestedFen: 3_000_000, finances });
      expect((await harness.post('/v1/applications', asked)).status).toBe(202);
      const assessment = { reasonCodes: ['MISSING_INCOME'], scorePoints: undefined, scoreParts: {}, limitFen: 0 };
      const policyVersion = defaultPolicy.version;
      await inTransaction(harness.pool, (client) =>
        saveDecision(client, {
          tenantId: TENANT,
          applicationId: 'referred',
          stage: 'referred',
          decideByMs: NOW_MS,
          atMs: NOW_MS,
          assessment: { outcome: 'referred', ...assessment, dailyRate: '0', policyVersion },
        }),
      );
    });

    it("starts without anybody's figures: the workflow names what is stored", async () => {
      await harness.post('/v1/applications', applicationOf('plain'));
      expect(harness.gateway.asked).toMatchObject([{ kind: 'start', input: { applicationId: 'plain' } }]);
      expect(Object.keys(harness.gateway.asked[0]?.input).sort()).toEqual([
        'applicationId',
        'borrowerId',
        'clock',
        'product',
        'requestedFen',
        'tenantId',
      ]);
    });

    it('is looked at before it is decided: what would be granted, and what is not known', async () => {
      const without = await harness.post(url('previews'), {});
      expect(without.body).toMatchObject({
        requestedFen: 3_000_000,
        outcome: 'approved',
        grantedFen: 100_000,
        decideByMs: NOW_MS,
        reasonCodes: ['APPROVED_BY_PERSON', 'LIMIT_WITHOUT_FIGURES'],
      });
      expect(without.body.missing.map(({ code }: { code: string }) => code)).toContain('MISSING_INCOME');
      const proved = await harness.post(url('previews'), { proved: { finances: FINANCES } });
      expect(proved.status).toBe(200);
      expect(proved.body.grantedFen).toBeGreaterThan(1_000_000);
      expect(proved.body.missing.map(({ code }: { code: string }) => code)).not.toContain('MISSING_INCOME');
      const late = await harness.post(url('previews'), { proved: { finances: { openOverdue: true } } });
      expect(late.body).toMatchObject({
        outcome: 'declined',
        grantedFen: 0,
        dailyRate: null,
        reasonCodes: ['OPEN_OVERDUE'],
      });
      expect(harness.gateway.asked).toEqual([]);
      expect(await harness.count('referral_figures')).toBe(0);
      expect((await harness.post('/v1/applications/offered-loan/referral-previews', {})).status).toBe(409);
      expect((await harness.post('/v1/applications/nobody/referral-previews', {})).status).toBe(404);
      const wrong = await harness.post(url('previews'), { proved: { finances: { monthlyIncomeFen: -1 } } });
      expect([wrong.status, wrong.body.field]).toEqual([400, 'proved.finances.monthlyIncomeFen']);
    });

    it('is decided with the figures stored beside it, and on the limit that was seen', async () => {
      const proved = { finances: FINANCES };
      const { grantedFen } = (await harness.post(url('previews'), { proved })).body;
      const other = await harness.post(url('decisions'), { ...decision, proved, shownFen: grantedFen + 1 });
      expect(other.status).toBe(409);
      expect(other.body).toMatchObject({ type: 'urn:creditloom:problem:other-limit', figures: { grantedFen } });
      expect(await harness.count('referral_figures')).toBe(0);
      harness.gateway.outcome = { status: 'answered', answer: 'offered' };
      const body = { ...decision, proved, shownFen: grantedFen };
      expect((await harness.post(url('decisions'), body, 'decided-1')).status).toBe(200);
      expect(harness.gateway.asked).toMatchObject([{ kind: 'update', updateId: 'decided-1' }]);
      expect(harness.gateway.asked[0]?.input).toEqual({ ...decision, figuresId: 'decided-1' });
      const { rows } = await harness.owner.query('select figures_id, figures, entered_by from referral_figures');
      expect(rows).toEqual([{ figures_id: 'decided-1', figures: proved, entered_by: 'system:test' }]);
      const declined = await harness.post(url('decisions'), { ...decision, decision: 'decline', shownFen: 1 });
      expect([declined.status, declined.body.field]).toEqual([400, 'shownFen']);
    });
  });

  it.each<[what: string, body: object]>([
    ['purchases', purchase],
    ['purchases/buy-1/confirmation', { confirmationId: 'c' }],
    ['refunds', { refundId: 'r', amountFen: 1 }],
    ['payments', { paymentId: 'p', amountFen: 1 }],
    ['payments/p/reversal', { reversalId: 'v' }],
    ...CHANGES.map(([path, , body]): [string, object] => [path, body]),
    ['write-off-decisions', { decision: 'keep', decidedBy: 'staff-1' }],
  ])('knows no other account: %s', async (what, asked) => {
    const { status, body } = await harness.post(`/v1/accounts/nobody/${what}`, asked);
    expect(status).toBe(404);
    expect(body).toMatchObject({ type: 'urn:creditloom:problem:not-found', detail: 'There is no such account.' });
  });
});
