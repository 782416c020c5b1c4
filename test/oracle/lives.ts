/**
 * Random lives of two years, each from its seed: terms, figures of a policy, facts of every enabled kind, and dates at
 * which fold and oracle must agree. A borrower here looks at what is owed (as the oracle says) before most payments,
 * because it is the amounts at and around what is owed that tell rules apart.
 */
import type { CashLoanTerms, RevolvingTerms } from '../../src/domain/credit/account';
import type { Fact } from '../../src/domain/credit/facts';
import type { CashLoanPolicy, Component, RevolvingPolicy } from '../../src/domain/policy/lendingPolicy';
import { liveCashLoan } from './cashLoanLife';
import { monthsLater, toDay, toIso } from './civilDates';
import { LIFE_DAYS } from './lifeKinds';
import { RandomNumbers } from './randomNumbers';
import { liveRevolving } from './revolvingLife';

export interface CashLoanLife {
  product: 'cash-loan';
  seed: number;
  terms: CashLoanTerms;
  policy: CashLoanPolicy;
  facts: Fact[];
  asOfDates: string[];
}

export interface RevolvingLife {
  product: 'revolving';
  seed: number;
  terms: RevolvingTerms;
  policy: RevolvingPolicy;
  facts: Fact[];
  asOfDates: string[];
}

export function cashLoanLife(seed: number): CashLoanLife {
  const random = new RandomNumbers(seed);
  const terms: CashLoanTerms = {
    product: 'cash-loan',
    principalFen: random.chance(0.3) ? random.between(1, 200) * 100_000 : random.between(100_000, 20_000_000),
    dailyRate: random.pick(['0', '0.00015', '0.0004', '0.0005', '0.0006', '0.00033333333333']),
    months: random.pick([1, 3, 6, 6, 12, 12, 24]),
    method: random.pick(['level', 'level-monthly', 'interest-first']),
    startDate: startOf(random),
  };
  if (random.chance(0.2)) terms.dueDates = movedDueDates(random, terms);
  const graceDays = random.chance(0.3) ? random.between(0, 5) : undefined;
  const policy: CashLoanPolicy = {
    principalFen: { min: 100_000, max: 20_000_000 },
    dailyRate: { min: '0', max: '0.001' },
    termsMonths: [1, 3, 6, 12, 24],
    methods: ['level', 'level-monthly', 'interest-first'],
    interestFirstMaxMonths: 24,
    penaltyMultiplier: random.pick(['1.5', '1.5', '1.3', '0']),
    penaltyAnnualCap: '0.24',
    allocationOrder: orderOf(random),
    writeOffReviewDaysPastDue: 181,
    graceDays,
    coolingOffDays: random.chance(0.3) ? random.between(1, 14) : undefined,
    principalFirstFromDaysPastDue: random.chance(0.3) ? random.pick([1, 30, 91]) : undefined,
  };
  const facts = liveCashLoan(random, terms, policy);
  return { product: 'cash-loan', seed, terms, policy, facts, asOfDates: datesOf(random, terms.startDate, facts) };
}

export function revolvingLife(seed: number): RevolvingLife {
  const random = new RandomNumbers(seed);
  const terms: RevolvingTerms = {
    product: 'revolving',
    limitFen: 5_000_000,
    openDate: startOf(random),
    dueDay: random.pick([8, 9, 10, 10, 20]),
  };
  const policy: RevolvingPolicy = {
    limitFen: { min: 50_000, max: 5_000_000 },
    billDay: random.chance(0.8) ? 1 : random.pick([3, 5, 7]),
    dueDay: 10,
    minimumPaymentRatio: random.pick(['0.1', '0.1', '0.05', '0.02', '1']),
    revolvingDailyRate: random.pick(['0.0005', '0.0005', '0.0004', '0.00012345678901']),
    overdueDailyRate: random.pick(['0.0005', '0.0006', '0.00065753424658']),
    allocationOrder: orderOf(random),
    declineOverLimit: true,
    declineWhenOverdue: true,
    writeOffReviewDaysPastDue: 181,
    ...(random.chance(0.4) ? { smallestMinimumFen: random.pick([100, 1_000, 20_000]) } : {}),
    ...(random.chance(0.7)
      ? { instalments: { feeRates: {}, minimumFen: 1, feeRefundOnEarlySettlement: random.chance(0.3) } }
      : {}),
  };
  const facts = liveRevolving(random, terms, policy);
  return { product: 'revolving', seed, terms, policy, facts, asOfDates: datesOf(random, terms.openDate, facts) };
}

/** Due dates a few days later than their month's day, as rest days move them. */
function movedDueDates(random: RandomNumbers, { startDate, months }: CashLoanTerms): string[] {
  const start = toDay(startDate);
  return Array.from({ length: months }, (_, index) => {
    const moves = random.chance(0.3) ? random.between(1, 8) : 0;
    return toIso(monthsLater(start, index + 1) + moves);
  });
}

/** Dates over four years, so that a leap day is met, with the ends of months more often than they come. */
function startOf(random: RandomNumbers): string {
  const endsOfMonths = ['2026-01-29', '2026-01-30', '2026-01-31', '2027-12-31', '2028-01-31', '2028-02-29'] as const;
  if (random.chance(0.2)) return random.pick(endsOfMonths);
  return toIso(toDay('2026-01-01') + random.between(0, 1200));
}

function orderOf(random: RandomNumbers): Component[] {
  const usual: Component[] = ['fee', 'penalty', 'interest', 'principal'];
  return random.chance(0.8) ? usual : random.shuffled(usual);
}

/** The day of a fact, a day before another, and the end. */
function datesOf(random: RandomNumbers, startDate: string, facts: readonly Fact[]): string[] {
  const start = toDay(startDate);
  const dayOfFact = () => toDay(facts[random.between(0, facts.length - 1)]?.valueDate ?? startDate);
  const days = [dayOfFact(), dayOfFact() - random.between(1, 20), start + LIFE_DAYS];
  const wanted = days.map((day) => Math.min(Math.max(day, start), start + LIFE_DAYS));
  return [...new Set(wanted)].sort((one, other) => one - other).map(toIso);
}
