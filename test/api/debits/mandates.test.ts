/** The mandate over HTTP: what is asked of the workflow, and what is refused before it. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { changeMandate } from '../../../src/db/debits/mandates';
import { planDebits } from '../../../src/db/debits/plannedDebits';
import { inTransaction } from '../../../src/db/transaction';
import { type Harness, NOW_MS, openedAccount, startHarness, TENANT, TODAY } from '../harness';

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
  await openedAccount(harness, 'loan', 'cash-loan');
});
beforeEach(() => {
  harness.gateway.asked = [];
  harness.gateway.outcome = { status: 'answered', answer: { status: 'accepted' } };
});
afterAll(() => harness.close());

const URL = '/v1/accounts/loan/mandate';

describe('the mandate of an account', () => {
  it('is given and ended by an update of the account, from today where no date is named', async () => {
    const given = await harness.post(URL, { changeId: 'm-1', mandateId: 'mandate-77' });
    expect(given).toMatchObject({ status: 200, body: { status: 'accepted', accountId: 'loan' } });
    await harness.post(`${URL}/end`, { changeId: 'm-2', agreedOn: '2026-01-05' });
    expect(harness.gateway.asked).toMatchObject([
      {
        name: 'setDebitMandate',
        workflowId: `cash-loan/${TENANT}/loan`,
        input: { changeId: 'm-1', mandateId: 'mandate-77', agreedOn: TODAY },
      },
      { name: 'setDebitMandate', input: { changeId: 'm-2', mandateId: null, agreedOn: '2026-01-05' } },
    ]);
  });

  it.each([
    ['mandateId', { changeId: 'm-3' }],
    ['mandateId', { changeId: 'm-3', mandateId: '6222 0000 0000 0000' }],
    ['changeId', { mandateId: 'mandate-77' }],
    ['changeId', { changeId: 'rail:loan.instalment-1.1', mandateId: 'mandate-77' }],
    ['agreedOn', { changeId: 'm-3', mandateId: 'mandate-77', agreedOn: '2026-02-30' }],
    ['agreedOn', { changeId: 'm-3', mandateId: 'mandate-77', agreedOn: '2999-01-01' }],
  ])('refuses a wrong %s and asks nothing', async (field, body) => {
    const refused = await harness.post(URL, body);
    expect(refused.status).toBe(400);
    expect(refused.body.errors).toMatchObject([{ field }]);
    expect(harness.gateway.asked).toEqual([]);
  });

  it('tells a refusal with its reason codes, and a closed account', async () => {
    harness.gateway.outcome = {
      status: 'answered',
      answer: { status: 'refused', reasonCodes: ['SAME_KEY_OTHER_CONTENT'] },
    };
    expect(await harness.post(URL, { changeId: 'm-1', mandateId: 'mandate-78' })).toMatchObject({
      status: 422,
      body: { reasonCodes: ['SAME_KEY_OTHER_CONTENT'] },
    });
    harness.gateway.outcome = { status: 'not-running' };
    await openedAccount(harness, 'closed', 'cash-loan');
    await harness.owner.query(`update credit_account set stage = 'settled', bucket = null where account_id = 'closed'`);
    expect(
      await harness.post('/v1/accounts/closed/mandate', { changeId: 'm-9', mandateId: 'mandate-9' }),
    ).toMatchObject({ status: 422, body: { reasonCodes: ['ACCOUNT_CLOSED'] } });
  });

  it('is shown with the account, and in its timeline with the debits under it', async () => {
    const ref = { tenantId: TENANT, accountId: 'loan' };
    expect((await harness.get('/v1/accounts/loan')).body.mandateId).toBeNull();
    await inTransaction(harness.pool, async (client) => {
      const given = { changeId: 'm-1', mandateId: 'mandate-77', agreedOn: TODAY, decidedBy: 'borrower' } as const;
      await changeMandate(client, { ...ref, ...given, atMs: NOW_MS });
      const debits = [{ obligationKey: 'instalment-1', dueDate: TODAY, atMs: NOW_MS + 1 }];
      await planDebits(client, { ...ref, lane: 0, debits });
    });
    expect((await harness.get('/v1/accounts/loan')).body.mandateId).toBe('mandate-77');
    const { items } = (await harness.get('/v1/accounts/loan/timeline')).body;
    expect(items.slice(-2)).toMatchObject([
      { source: 'mandate', kind: 'given', key: 'm-1', body: { agreedOn: TODAY, decidedBy: 'borrower' } },
      { source: 'debit', kind: 'planned', key: 'loan.instalment-1.1', body: { obligationKey: 'instalment-1' } },
    ]);
  });
});
