/** The figures that people read, pay or are debited, against each other: docs/ledger.md, "Figures". */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { DerivedAccount, Terms } from '../../../src/domain/credit/account';
import { projectionOf } from '../../../src/domain/credit/accountProjection';
import { summaryOf } from '../../../src/domain/credit/accountSummary';
import { deriveAccount } from '../../../src/domain/credit/derive';
import type { Fact, PaymentIntent } from '../../../src/domain/credit/facts';
import { owedOf, sumOf } from '../../../src/domain/credit/figures';
import { payoffQuoteOf } from '../../../src/domain/credit/payoff';
import { judgeDebit } from '../../../src/domain/debits/autoDebit';
import { figuresOf } from '../../../src/domain/messaging/outbox/noticeText';
import { defaultPolicy } from '../../../src/domain/policy/defaultPolicy';
import type { AutoDebitPolicy, LendingPolicy } from '../../../src/domain/policy/lendingPolicy';
import { addDays, type IsoDate } from '../../../src/domain/values/calendar';
import {
  accountChangesFrom,
  cashLoanTerms,
  loanChangesFrom,
  movementsFrom,
  paymentsFrom,
  revolvingTerms,
} from '../lives';

const DAYS = 480;

interface Life {
  terms: Terms;
  facts: Fact[];
  asOf: IsoDate;
}

const loanLives: fc.Arbitrary<Life> = cashLoanTerms.chain((terms) =>
  fc
    .tuple(
      paymentsFrom(terms.startDate, DAYS),
      loanChangesFrom(terms.startDate, DAYS),
      fc.integer({ min: 0, max: DAYS }),
    )
    .map(([payments, changes, day]) => ({
      terms,
      facts: [
        { kind: 'disbursed', key: 'disbursement', valueDate: terms.startDate, amountFen: terms.principalFen },
        ...payments,
        ...changes,
      ],
      asOf: addDays(terms.startDate, day),
    })),
);

const cardLives: fc.Arbitrary<Life> = revolvingTerms.chain((terms) =>
  fc
    .tuple(
      movementsFrom(terms.openDate, DAYS),
      accountChangesFrom(terms.openDate, DAYS),
      fc.integer({ min: 0, max: DAYS }),
      fc.option(fc.integer({ min: 200, max: DAYS }), { nil: undefined, freq: 4 }),
    )
    .map(([movements, changes, day, writtenOffAfter]) => ({
      terms,
      facts: [
        { kind: 'opened', key: 'opening', valueDate: terms.openDate, limitFen: terms.limitFen },
        ...movements,
        ...changes,
        ...(writtenOffAfter === undefined ? [] : [writeOffOn(addDays(terms.openDate, writtenOffAfter))]),
      ],
      asOf: addDays(terms.openDate, day),
    })),
);

function writeOffOn(valueDate: IsoDate): Fact {
  return { kind: 'written-off', key: 'write-off', valueDate, decidedBy: ['staff-1', 'staff-2'] };
}

const lives = fc.oneof(loanLives, cardLives);
const policies = fc.constantFrom(defaultPolicy, withFeeRefund(defaultPolicy));

function withFeeRefund(policy: LendingPolicy): LendingPolicy {
  const { instalments } = policy.revolving;
  if (!instalments) throw new Error('the default policy has instalments');
  const revolving = { ...policy.revolving, instalments: { ...instalments, feeRefundOnEarlySettlement: true } };
  return { ...policy, revolving, cashLoan: { ...policy.cashLoan, graceDays: 3 } };
}

/** The account at the date; facts that have not come yet are left out, so that a payment then is the last word. */
function at({ terms, facts, asOf }: Life, policy: LendingPolicy, more: Fact[] = []): DerivedAccount {
  const known = facts.filter((fact) => ('billableFrom' in fact ? fact.billableFrom : fact.valueDate) <= asOf);
  return deriveAccount({ terms, facts: [...known, ...more], issued: [] }, policy, asOf);
}

/** After everything else of its date but what comes with every fold. */
function paying(life: Life, amountFen: number, intent: PaymentIntent = 'instalment'): Fact[] {
  return amountFen <= 0 ? [] : [{ kind: 'paid', key: 'zz', valueDate: life.asOf, amountFen, intent }];
}

function debiting(amount: AutoDebitPolicy['amount']) {
  return { policy: { at: '20:00', retryOnDaysAfter: [], amount }, asOfMs: 0, hasMandate: true };
}

/** Facts that would count after a payment on the same date change what it was reckoned on. */
function hasLaterFactsToday({ facts, asOf }: Life): boolean {
  const after = ['instalment-settled', 'instalment-started', 'restructured', 'credit-returned', 'written-off'];
  return facts.some((fact) => fact.valueDate === asOf && (after.includes(fact.kind) || fact.kind === 'paid'));
}

describe('in every life of both products', () => {
  test('past due is never above the payoff, a minimum never above what is owed, and no fen is asked for twice', () => {
    fc.assert(
      fc.property(lives, policies, (life, policy) => {
        const account = at(life, policy);
        const { obligations, overdueFen, minimumOverdueFen, payoffFen, balances } = account;
        expect(overdueFen).toBeLessThanOrEqual(payoffFen);
        expect(minimumOverdueFen).toBeLessThanOrEqual(overdueFen);
        if (account.product === 'cash-loan') expect(minimumOverdueFen).toBe(overdueFen);
        for (const { owedFen, minimumFen, penaltyFen } of obligations) {
          expect(minimumFen).toBeLessThanOrEqual(owedFen);
          expect(penaltyFen).toBeLessThanOrEqual(owedFen);
        }
        // An instalment that is not due yet asks for its whole interest, which has not accrued yet.
        const aheadFen = account.schedule.reduce((sum, { interestFen }) => sum + interestFen, 0);
        expect(sumOf(obligations, 'owedFen')).toBeLessThanOrEqual(
          Math.max(0, owedOf(balances) - balances.creditFen) + aheadFen,
        );
        if (account.product === 'revolving') expect(account.dueFen).toBeLessThanOrEqual(payoffFen);
      }),
      { numRuns: 400 },
    );
  });

  test('what is told past due, or its minimum, brings days past due to 0, and one fen less does not', () => {
    fc.assert(
      fc.property(lives, policies, (life, policy) => {
        const account = at(life, policy);
        fc.pre(account.daysPastDue > 0 && !hasLaterFactsToday(life));
        const { overdueFen, minimumOverdueFen } = account;
        expect(at(life, policy, paying(life, overdueFen)).daysPastDue).toBe(0);
        expect(at(life, policy, paying(life, minimumOverdueFen)).daysPastDue).toBe(0);
        expect(at(life, policy, paying(life, minimumOverdueFen - 1)).daysPastDue).toBeGreaterThan(0);
      }),
      { numRuns: 300 },
    );
  });

  test('the payoff amount settles everything, and one fen less does not', () => {
    fc.assert(
      fc.property(lives, policies, (life, policy) => {
        const account = at(life, policy);
        fc.pre(account.payoffFen > 1 && account.stage !== 'written-off' && !hasLaterFactsToday(life));
        const { payoffFen } = account;
        const paid = at(life, policy, paying(life, payoffFen, 'payoff'));
        expect(owedOf(paid.balances)).toBe(0);
        expect(paid.balances.creditFen).toBe(0);
        expect([paid.payoffFen, paid.dueFen, paid.daysPastDue]).toEqual([0, 0, 0]);
        expect(paid.instalments?.plans ?? []).toEqual([]);
        expect(paid.stage).toBe(account.product === 'cash-loan' ? 'settled' : 'current');
        const almost = at(life, policy, paying(life, payoffFen - 1, 'payoff'));
        expect(almost.stage).not.toBe('settled');
        if (almost.product === 'revolving') expect(almost.payoffFen).toBe(1);
      }),
      { numRuns: 300 },
    );
  });

  test('a debit takes no more than is owed, net of credit', () => {
    fc.assert(
      fc.property(lives, policies, fc.constantFrom('due' as const, 'minimum' as const), (life, policy, amount) => {
        const account = at(life, policy);
        const today = debiting(amount);
        for (const { key, dueDate } of account.obligations) {
          const verdict = judgeDebit({ obligationKey: key, dueAtMs: 0 }, account, today);
          if (verdict.debit) expect(verdict.amountFen).toBeLessThanOrEqual(account.dueFen);
          if (verdict.debit && account.product === 'revolving')
            expect(verdict.amountFen).toBeLessThanOrEqual(account.payoffFen);
          // A debit is made from the due date on: until then an instalment asks for interest that has not accrued.
          const { balances, asOf } = account;
          if (verdict.debit && dueDate <= asOf)
            expect(verdict.amountFen).toBeLessThanOrEqual(Math.max(0, owedOf(balances) - balances.creditFen));
          // What the text of it says is what is taken.
          const { amountFen, minimumFen } = figuresOf(account, key);
          if (verdict.debit) expect(verdict.amountFen).toBe(amount === 'due' ? amountFen : minimumFen);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('the row of the account, its line for operators and the payoff quote say what the account says', () => {
    fc.assert(
      fc.property(lives, policies, (life, policy) => {
        const account = at(life, policy);
        const row = projectionOf(account, policy);
        expect(row.overdueFen).toBeLessThanOrEqual(Math.min(account.overdueFen, row.outstandingFen));
        expect(row.outstandingFen).toBeLessThanOrEqual(owedOf(account.balances));
        // Between them is what accrues from day to day, and nothing else.
        expect(account.overdueFen - row.overdueFen).toBeLessThanOrEqual(account.balances.penaltyFen);
        expect([row.stage, row.bucket, row.pastDueSince]).toEqual([
          account.stage,
          account.bucket ?? null,
          account.pastDueSince ?? null,
        ]);
        expect(payoffQuoteOf(account)).toMatchObject({ on: life.asOf, totalFen: account.claimedFen });
        expect(summaryOf(account)).toContain(`as of ${life.asOf}`);
        const told = account.pastDueSince === undefined ? 'not past due' : `past due since ${account.pastDueSince}`;
        expect(summaryOf(account).includes(told)).toBe(account.pastDueSince !== undefined);
      }),
      { numRuns: 200 },
    );
  });

  test('nothing but days and late interest changes before the next deadline', () => {
    fc.assert(
      fc.property(lives, policies, (life, policy) => {
        const account = deriveAccount({ ...life, issued: [] }, policy, life.asOf);
        const asOn = (asOf: IsoDate) => steadyPart(deriveAccount({ ...life, issued: [] }, policy, asOf));
        const last = account.nextChangeOn ?? addDays(life.asOf, 400);
        const before = addDays(last, -1);
        expect(asOn(before)).toEqual(steadyPart(account));
        if (before > life.asOf) expect(asOn(addDays(life.asOf, 1))).toEqual(steadyPart(account));
      }),
      { numRuns: 400 },
    );
  });
});

/** What holds until the next deadline. */
function steadyPart({ stage, bucket, assetClass, pastDueSince, obligations, bookedFen, ...account }: DerivedAccount) {
  const { availableFen, stoppedBy, statements, entries, freezes, overdueBookedFen } = account;
  const dates = obligations.map(({ key, dueDate }) => [key, dueDate]);
  return {
    stage,
    bucket,
    assetClass,
    pastDueSince,
    dates,
    bookedFen,
    availableFen,
    stoppedBy,
    freezes,
    overdueBookedFen,
    statements,
    entries,
  };
}

describe('three purchases and no payment', () => {
  const TERMS: Terms = { product: 'revolving', limitFen: 500_000, openDate: '2026-01-10', dueDay: 10 };
  const bought = (valueDate: IsoDate, amountFen: number): Fact => ({
    kind: 'purchased',
    key: `purchase/${valueDate}`,
    valueDate,
    billableFrom: valueDate,
    amountFen,
  });
  const facts = [bought('2026-01-12', 150_000), bought('2026-02-12', 10_000), bought('2026-03-05', 10_000)];
  const on = (asOf: IsoDate) => deriveAccount({ terms: TERMS, facts, issued: [] }, defaultPolicy, asOf);

  test('on 15 September all that is owed is past due, once', () => {
    expect(on('2026-09-15')).toMatchObject({ overdueFen: 188_010, payoffFen: 188_010, dueFen: 188_010 });
  });

  test('on 10 April the debit takes all that is owed', () => {
    const account = on('2026-04-10');
    const today = debiting('due');
    expect(account.payoffFen).toBe(174_580);
    expect(judgeDebit({ obligationKey: 'statement-3', dueAtMs: 0 }, account, today)).toEqual({
      debit: true,
      amountFen: 174_580,
    });
  });

  test('a bill without new purchases asks for its minimum before its due date', () => {
    const { obligations, statements, overdueFen, dueFen, payoffFen } = on('2026-05-05');
    const bill = statements.at(-1);
    const earlier = obligations.filter(({ key }) => key !== 'statement-4');
    const asked = obligations.find(({ key }) => key === 'statement-4');
    expect(asked).toMatchObject({ dueDate: '2026-05-10' });
    expect(asked?.minimumFen).toBe((bill?.minimumPaymentFen ?? 0) - sumOf(earlier, 'minimumFen'));
    expect(asked?.owedFen).toBe(asked?.minimumFen);
    expect(overdueFen).toBe(dueFen - (asked?.owedFen ?? 0));
    expect(dueFen).toBe(payoffFen);
  });
});

describe('deadlines', () => {
  const interestFirst: Terms = {
    product: 'cash-loan',
    principalFen: 1_000_000,
    dailyRate: '0.0004',
    months: 6,
    startDate: '2026-01-31',
    method: 'interest-first',
  };
  const lent: Fact = { kind: 'disbursed', key: 'disbursement', valueDate: '2026-01-31', amountFen: 1_000_000 };
  const next = (asOf: IsoDate) =>
    deriveAccount({ terms: interestFirst, facts: [lent], issued: [] }, defaultPolicy, asOf).nextChangeOn;

  test.each([
    ['the due date, on which interest is booked', '2026-02-05', '2026-02-28'],
    ['the day after an unpaid due date', '2026-02-28', '2026-03-01'],
    ['day 3 and day 7, on which a rung of the ladder stands', '2026-03-03', '2026-03-07'],
    ['day 8, from which on the class is special mention', '2026-03-07', '2026-03-08'],
    ['the next due date, before the next bucket', '2026-03-30', '2026-03-31'],
    ['the day after that one', '2026-03-31', '2026-04-01'],
    ['day 271, on which it is doubtful', '2026-11-20', '2026-11-26'],
    ['day 361, on which it is a loss', '2027-02-01', '2027-02-24'],
  ])('%s', (_, asOf, expected) => {
    expect(next(asOf)).toBe(expected);
  });
});
