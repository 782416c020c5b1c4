/** Purchases out of credit that are far above the limit: declined until a person has approved them. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import type { PurchaseApproval } from '../../../src/contracts/credit/account';
import { readDecisions } from '../../../src/db/evidence/decisions';
import { needsPerson } from '../../../src/domain/credit/revolving/purchaseAuthorisation';
import { defaultPolicy } from '../../../src/domain/policy/defaultPolicy';
import { expectSoundBooks } from '../../support/books';
import { CASH_LOAN, openOnTerms, payment, purchase, REVOLVING, type Step, stepsOn } from '../servicedAccounts';
import { TENANT, useDatabase } from '../testDatabase';

const database = useDatabase();
let accounts = 0;
let pool: Pool;
let step: Step;

beforeEach(() => {
  pool = database.pool;
  step = stepsOn(pool);
});

const TODAY = '2026-03-20';
/** The limit of the account is 20,000.00; so twice it may be bought on a day. */
const DAY_FEN = 4_000_000;

async function richAccount(): Promise<string> {
  const accountId = `rich-${++accounts}`;
  await openOnTerms(pool, accountId, REVOLVING);
  await step(accountId, '2026-03-02', { kind: 'opening' });
  await step(accountId, '2026-03-19', payment('p1', 900_000_000, '2026-03-19'));
  return accountId;
}

async function buy(accountId: string, purchaseId: string, amountFen: number, on = TODAY) {
  const { purchases } = await step(accountId, on, purchase(purchaseId, amountFen, on));
  const answer = purchases[purchaseId];
  return answer?.status === 'declined' ? answer.reasonCodes : answer?.status;
}

function approve(accountId: string, changes: Partial<PurchaseApproval> = {}) {
  const approval = {
    approvalId: 'ap-1',
    purchaseId: 'o2',
    amountFen: DAY_FEN,
    decidedBy: 'staff-1',
    reason: 'asked by phone',
    ...changes,
  };
  return step(accountId, TODAY, { kind: 'purchase-approval', approval }).then(({ changes: answers }) => {
    return answers?.[`purchase-approval/${approval.approvalId}`];
  });
}

describe('a purchase out of credit', () => {
  it('far above the limit needs a person, however it is split or dated, and not on another day', async () => {
    const accountId = await richAccount();
    expect(await buy(accountId, 'o1', DAY_FEN + 1)).toEqual(['PURCHASE_NEEDS_PERSON']);
    expect(await buy(accountId, 'o1', DAY_FEN)).toBe('approved');
    expect(await buy(accountId, 'o2', 1)).toEqual(['PURCHASE_NEEDS_PERSON']);
    const { purchases } = await step(accountId, TODAY, purchase('o3', 1, '2026-03-19'));
    expect(purchases.o3).toMatchObject({ status: 'declined', reasonCodes: ['PURCHASE_NEEDS_PERSON'] });
    expect(await buy(accountId, 'o2', 1, '2026-03-21')).toBe('approved');
    await expectSoundBooks(pool, TENANT);
  });

  it('is made once a person has approved it, to the fen, and then leaves the day as it was', async () => {
    const accountId = await richAccount();
    expect(await approve(accountId, { amountFen: 500_000_000 })).toEqual({ status: 'accepted' });
    expect(await buy(accountId, 'o2', 500_000_001)).toEqual(['PURCHASE_NEEDS_PERSON']);
    expect(await buy(accountId, 'other', 500_000_000)).toEqual(['PURCHASE_NEEDS_PERSON']);
    expect(await buy(accountId, 'o2', 500_000_000)).toBe('approved');
    expect(await buy(accountId, 'o3', DAY_FEN)).toBe('approved');
    const decisions = await readDecisions(pool, { tenantId: TENANT, subjectKind: 'account', subjectId: accountId });
    // Nobody signed the word here: it counts as one voice, and says so.
    const decidedBy = 'temporal:unverified';
    expect(decisions).toMatchObject([{ kind: 'purchase-approved', decidedBy, body: { purchaseId: 'o2' } }]);
    await expectSoundBooks(pool, TENANT);
  });

  it('has one word by its id; a loan has none', async () => {
    const accountId = await richAccount();
    expect(await approve(accountId)).toEqual({ status: 'accepted' });
    expect(await approve(accountId)).toEqual({ status: 'accepted' });
    const other = { status: 'refused', reasonCodes: ['SAME_KEY_OTHER_CONTENT'] };
    expect(await approve(accountId, { amountFen: 5 })).toEqual(other);
    await openOnTerms(pool, 'a-loan', CASH_LOAN);
    await step('a-loan', '2026-03-02', { kind: 'opening' });
    expect(await approve('a-loan')).toEqual({ status: 'refused', reasonCodes: ['INVALID_INPUT'] });
  });

  it('is bounded by the policy, and not where the upstream has authorised already', () => {
    const { revolving } = defaultPolicy;
    const day = { boughtFen: 201, limitFen: 100 };
    expect(needsPerson(day, revolving)).toBe(true);
    expect(needsPerson({ ...day, boughtFen: 200 }, revolving)).toBe(false);
    expect(needsPerson(day, { ...revolving, dailyPurchasesOfLimit: '3.5' })).toBe(false);
    expect(needsPerson(day, { ...revolving, declineOverLimit: false })).toBe(false);
  });
});
