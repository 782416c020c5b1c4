/** What a random borrower does with a cash loan. */
import type { CashLoanTerms } from '../../src/domain/credit/account';
import type { Fact, PaymentIntent } from '../../src/domain/credit/facts';
import type { CashLoanPolicy } from '../../src/domain/policy/lendingPolicy';
import { loanAt, type OracleCashLoan, passDays, resultOf, take } from './cashLoan';
import { toDay, toIso } from './civilDates';
import { ENABLED_KINDS, isSecondEnd, LIFE_DAYS, withoutWhatFollowsTheEnd } from './lifeKinds';
import type { RandomNumbers } from './randomNumbers';

/** The borrower's own facts are taken one by one, as they come to mind. */
const NO_FACTS: ReadonlyMap<number, Fact[]> = new Map();

type Habit = 'on-time' | 'late' | 'careless' | 'prepayer' | 'defaulter';

const INTENTS: Record<Habit, Partial<Record<PaymentIntent, number>>> = {
  'on-time': { instalment: 12, payoff: 1 },
  late: { instalment: 12, payoff: 1, 'prepay-lower-payment': 1 },
  careless: { instalment: 6, payoff: 1, 'prepay-shorter-term': 1, 'prepay-lower-payment': 1 },
  prepayer: { instalment: 3, payoff: 1, 'prepay-shorter-term': 3, 'prepay-lower-payment': 3 },
  defaulter: { instalment: 8, payoff: 1, 'prepay-shorter-term': 1 },
};

/** Other things that happen, each as often as its weight says. */
const EVENTS = {
  paid: 24,
  reversed: 2,
  'rate-corrected': 2,
  restructured: 1,
  'credit-returned': 2,
  frozen: 0.5,
  lifted: 0.5,
  'written-off': 0.5,
};

export function liveCashLoan(random: RandomNumbers, terms: CashLoanTerms, policy: CashLoanPolicy): Fact[] {
  const start = toDay(terms.startDate);
  const habit = random.pick<Habit>(['on-time', 'late', 'careless', 'prepayer', 'defaulter']);
  const facts: Fact[] = [
    { kind: 'disbursed', key: 'disbursement', valueDate: terms.startDate, amountFen: terms.principalFen },
  ];
  let loan = loanAt(terms, facts, policy, start);
  while (facts.length < 30) {
    const day = nextDay(random, habit, loan.today, resultOf(loan));
    if (day > start + LIFE_DAYS) break;
    passDays(loan, day, NO_FACTS);
    // Now and then word of something comes late: its value date lies in the past.
    const valueDay = random.chance(0.1) ? random.between(start, day) : day;
    const account = valueDay === day ? resultOf(loan) : resultOf(loanAt(terms, facts, policy, valueDay));
    const fact = factOf(random, habit, facts, account, toIso(valueDay));
    if (!fact) continue;
    facts.push(fact);
    if (valueDay === day && fact.kind !== 'reversed') take(loan, fact);
    else loan = loanAt(terms, facts, policy, day);
  }
  return withoutWhatFollowsTheEnd(facts);
}

/** Mostly near the next due date, as the habit has it; now and then the same day again. */
function nextDay(random: RandomNumbers, habit: Habit, day: number, account: OracleCashLoan): number {
  if (random.chance(0.1)) return day;
  const coming = account.rows.map(({ dueDate }) => toDay(dueDate)).filter((dueDay) => dueDay > day)[0];
  if (coming === undefined || random.chance(0.2)) return day + random.between(1, 60);
  if (habit === 'on-time') return coming - (random.chance(0.2) ? random.between(0, 3) : 0);
  if (habit === 'prepayer') return Math.max(day, coming - random.between(0, 28));
  if (habit === 'defaulter') return coming + random.between(20, 120);
  return coming + random.between(0, habit === 'late' ? 12 : 40);
}

function factOf(
  random: RandomNumbers,
  habit: Habit,
  facts: readonly Fact[],
  account: OracleCashLoan,
  valueDate: string,
): Fact | undefined {
  const index = String(facts.length).padStart(2, '0');
  const kind = random.weighted(EVENTS);
  if (!ENABLED_KINDS.has(kind) || isSecondEnd(facts, kind)) return undefined;
  if (kind === 'paid') return payment(random, habit, account, `payment/${index}`, valueDate);
  if (kind === 'reversed') {
    const paid = facts.filter((fact) => fact.kind === 'paid');
    const bounced = paid[random.between(0, paid.length - 1)];
    if (!bounced) return undefined;
    const day = toDay(bounced.valueDate) + random.between(0, 40);
    return { kind, key: `reversal/${index}`, valueDate: toIso(day), reverses: bounced.key };
  }
  if (kind === 'rate-corrected')
    return { kind, key: `rate/${index}`, valueDate, dailyRate: random.pick(['0.0002', '0.00045', '0.0007']) };
  if (kind === 'restructured') {
    // Mostly of those who are late; a restructuring of a loan in order is possible and rare.
    if (account.daysPastDue === 0 && random.chance(0.8)) return undefined;
    const dailyRate = random.pick(['0', '0.0002', '0.0004']);
    return { kind, key: `restructuring/${index}`, valueDate, months: random.between(1, 18), dailyRate };
  }
  if (kind === 'credit-returned') {
    const { creditFen } = account.balances;
    if (creditFen === 0) return undefined;
    const amountFen = random.chance(0.5) ? creditFen : random.between(1, creditFen);
    return { kind, key: `credit-return/${index}`, valueDate, amountFen };
  }
  if (kind === 'frozen' || kind === 'lifted')
    return { kind, key: `${kind}/${index}`, valueDate, reason: random.pick(['sample', 'another']) };
  if (kind === 'written-off' && account.daysPastDue > 30)
    return { kind, key: 'write-off', valueDate, decidedBy: ['reviewer-1', 'reviewer-2'] };
  return undefined;
}

function payment(random: RandomNumbers, habit: Habit, account: OracleCashLoan, key: string, valueDate: string): Fact {
  const intent = random.weighted(INTENTS[habit]);
  const designated = account.rows[random.between(0, account.rows.length - 1)]?.number;
  return {
    kind: 'paid',
    key,
    valueDate,
    amountFen: Math.max(1, amountOf(random, account, valueDate)),
    intent,
    ...(random.chance(0.15) && designated !== undefined ? { designatedInstalment: designated } : {}),
  };
}

/** Of what is due, of the next instalment, or of everything: all of it, a fen less or more, a part, or far more. */
function amountOf(random: RandomNumbers, account: OracleCashLoan, valueDate: string): number {
  const dueFen = account.rows.filter(({ dueDate }) => dueDate <= valueDate).reduce((sum, row) => sum + row.owedFen, 0);
  const nextFen = account.rows.find(({ dueDate }) => dueDate > valueDate)?.owedFen ?? 0;
  const base = random.weighted({ due: 6, next: 3, all: 1.5, small: 1 });
  if (base === 'small') return random.between(1, 50_000);
  if (base === 'all') return account.payoffFen + random.between(-1, 1);
  const wholeFen = base === 'due' ? dueFen : dueFen + nextFen;
  const share = random.weighted({ whole: 5, aFenLess: 1, aFenMore: 1, part: 3, more: 2 });
  if (share === 'aFenLess') return wholeFen - 1;
  if (share === 'aFenMore') return wholeFen + 1;
  if (share === 'part') return random.between(1, Math.max(1, wholeFen));
  if (share === 'more') return wholeFen + random.between(1, Math.max(1, nextFen * 3));
  return wholeFen;
}
