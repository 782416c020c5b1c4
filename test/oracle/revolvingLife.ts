/** What a random borrower does with a revolving account. */
import type { RevolvingTerms } from '../../src/domain/credit/account';
import type { Fact } from '../../src/domain/credit/facts';
import type { RevolvingPolicy } from '../../src/domain/policy/lendingPolicy';
import { nextDayOfMonth, toDay, toIso } from './civilDates';
import { ENABLED_KINDS, isSecondEnd, LIFE_DAYS, withoutWhatFollowsTheEnd } from './lifeKinds';
import type { RandomNumbers } from './randomNumbers';
import { accountAt, type OracleRevolving, passDays, resultOf, take } from './revolving';
import type { Account } from './revolvingState';

const NO_FACTS: ReadonlyMap<number, Fact[]> = new Map();

type Habit = 'all' | 'minimum' | 'careless' | 'defaulter';

/** What happens, each as often as its weight says. */
const EVENTS = {
  purchased: 14,
  confirmed: 3,
  refunded: 3,
  paid: 12,
  reversed: 1,
  'rate-corrected': 0.6,
  'instalment-started': 2.5,
  'instalment-settled': 1,
  'credit-returned': 1.5,
  frozen: 0.3,
  lifted: 0.3,
  'written-off': 0.4,
};

export function liveRevolving(random: RandomNumbers, terms: RevolvingTerms, policy: RevolvingPolicy): Fact[] {
  const start = toDay(terms.openDate);
  const habit = random.pick<Habit>(['all', 'minimum', 'careless', 'defaulter']);
  const facts: Fact[] = [{ kind: 'opened', key: 'opening', valueDate: terms.openDate, limitFen: terms.limitFen }];
  const step = random.pick([10, 25, 45]);
  let account = accountAt(terms, facts, policy, start);
  while (facts.length < 45) {
    const day = nextDay(random, habit, account, terms.dueDay, step);
    if (day > start + LIFE_DAYS) break;
    passDays(account, day, NO_FACTS);
    // Now and then word of something comes late: its value date lies in the past.
    const valueDay = random.chance(0.1) ? random.between(start, day) : day;
    const seen = valueDay === day ? resultOf(account) : resultOf(accountAt(terms, facts, policy, valueDay));
    const fact = factOf(random, habit, facts, seen, valueDay);
    if (!fact) continue;
    facts.push(fact);
    const countsOn = toDay('billableFrom' in fact ? fact.billableFrom : fact.valueDate);
    if (countsOn === day && fact.kind !== 'reversed') take(account, fact);
    else account = accountAt(terms, facts, policy, day);
  }
  return withoutWhatFollowsTheEnd(facts);
}

/** Bill dates and due dates more often than other days, and now and then the same day again. */
function nextDay(random: RandomNumbers, habit: Habit, { today: day, policy }: Account, dueDay: number, step: number) {
  if (random.chance(0.15)) return day;
  if (random.chance(0.1)) return nextDayOfMonth(day, policy.billDay);
  const chanceOfDueDay = habit === 'defaulter' ? 0.05 : 0.3;
  if (random.chance(chanceOfDueDay)) return nextDayOfMonth(day, dueDay) + (random.chance(0.3) ? 1 : 0);
  return day + random.between(1, step);
}

function factOf(
  random: RandomNumbers,
  habit: Habit,
  facts: readonly Fact[],
  account: OracleRevolving,
  valueDay: number,
): Fact | undefined {
  const index = String(facts.length).padStart(2, '0');
  const valueDate = toIso(valueDay);
  // What comes after its bill was issued is billed from a later date.
  const billableFrom = random.chance(0.1) ? toIso(valueDay + random.between(1, 35)) : valueDate;
  const kind = random.weighted(EVENTS);
  if (!ENABLED_KINDS.has(kind) || isSecondEnd(facts, kind)) return undefined;
  if (kind === 'purchased') {
    const isHeld = ENABLED_KINDS.has('confirmed') && random.chance(0.2);
    const amountFen = random.between(1, random.pick([2_000, 100_000, 800_000]));
    const purchase: Fact = { kind, key: `purchase/${index}`, valueDate, amountFen, billableFrom };
    return isHeld ? { ...purchase, awaitsConfirmation: true } : purchase;
  }
  if (kind === 'confirmed') {
    const held = heldPurchases(facts, valueDate);
    const purchase = held[random.between(0, held.length - 1)];
    return purchase && { kind, key: `confirmation/${index}`, valueDate, purchaseKey: purchase.key, billableFrom };
  }
  if (kind === 'refunded') return refund(random, facts, account, `refund/${index}`, valueDate, billableFrom);
  if (kind === 'paid') {
    const key = `payment/${index}`;
    if (random.chance(0.1)) {
      const amountFen = Math.max(1, account.payoffFen + random.pick([0, 0, 0, -1, 1]));
      return { kind, key, valueDate, amountFen, intent: 'payoff' };
    }
    const amountFen = Math.max(1, paymentFen(random, habit, account));
    return { kind, key, valueDate, amountFen, intent: 'instalment' };
  }
  return rareFactOf(random, kind, facts, account, index, valueDate);
}

function rareFactOf(
  random: RandomNumbers,
  kind:
    | 'reversed'
    | 'rate-corrected'
    | 'instalment-started'
    | 'instalment-settled'
    | 'credit-returned'
    | 'frozen'
    | 'lifted'
    | 'written-off',
  facts: readonly Fact[],
  account: OracleRevolving,
  index: string,
  valueDate: string,
): Fact | undefined {
  if (kind === 'reversed') {
    const paid = facts.filter((fact) => fact.kind === 'paid');
    const bounced = paid[random.between(0, paid.length - 1)];
    if (!bounced) return undefined;
    const day = toDay(bounced.valueDate) + random.between(0, 40);
    return { kind, key: `reversal/${index}`, valueDate: toIso(day), reverses: bounced.key };
  }
  if (kind === 'rate-corrected') {
    const rates = { revolvingDailyRate: '0.0003', overdueDailyRate: random.pick(['0.0007', '0.0002']) };
    return {
      kind,
      key: `rate/${index}`,
      valueDate,
      ...(random.chance(0.5) ? rates : { revolvingDailyRate: '0.0004' }),
    };
  }
  if (kind === 'instalment-started') {
    const bills = account.statements.length;
    const ofBill = bills > 0 && random.chance(0.6) ? Math.max(1, bills - (random.chance(0.8) ? 0 : 1)) : undefined;
    const principalFen = random.between(1_000, 600_000);
    const isMerchants = random.chance(0.3);
    const wholeFeeFen = random.between(1, 30_000);
    const plan: Fact = {
      kind,
      key: `plan/${index}`,
      valueDate,
      principalFen,
      months: random.pick([3, 6, 9, 12]),
      feeFen: isMerchants ? 0 : wholeFeeFen,
      ...(isMerchants ? { merchantFeeFen: wholeFeeFen } : {}),
    };
    return ofBill === undefined ? plan : { ...plan, statementNumber: ofBill };
  }
  if (kind === 'instalment-settled') {
    const plans = facts.filter((fact) => fact.kind === 'instalment-started' && fact.valueDate <= valueDate);
    const plan = plans[random.between(0, plans.length - 1)];
    return plan && { kind, key: `plan-settled/${index}`, valueDate, planKey: plan.key, waivesFee: random.chance(0.5) };
  }
  if (kind === 'credit-returned') {
    const { creditFen } = account.balances;
    if (creditFen === 0 && random.chance(0.8)) return undefined;
    const amountFen = random.chance(0.3) ? creditFen + random.between(1, 20_000) : random.between(1, creditFen + 1);
    return { kind, key: `credit-return/${index}`, valueDate, amountFen };
  }
  if (kind === 'frozen' || kind === 'lifted')
    return { kind, key: `${kind}/${index}`, valueDate, reason: random.pick(['sample', 'another']) };
  if (account.daysPastDue > 60 && random.chance(0.5))
    return { kind, key: 'write-off', valueDate, decidedBy: ['reviewer-1', 'reviewer-2'] };
  return undefined;
}

/** Purchases that still wait for confirmation, as far as these facts tell. */
function heldPurchases(facts: readonly Fact[], valueDate: string) {
  const isConfirmed = (key: string) => facts.some((fact) => fact.kind === 'confirmed' && fact.purchaseKey === key);
  return facts.flatMap((fact) =>
    fact.kind === 'purchased' && fact.awaitsConfirmation && !isConfirmed(fact.key) && fact.billableFrom <= valueDate
      ? [fact]
      : [],
  );
}

/** Of a held purchase, of a little, of about what is owed, or of more than that. */
function refund(
  random: RandomNumbers,
  facts: readonly Fact[],
  account: OracleRevolving,
  key: string,
  valueDate: string,
  billableFrom: string,
): Fact | undefined {
  const held = random.chance(0.3) ? heldPurchases(facts, valueDate)[0] : undefined;
  if (held) {
    const amountFen = random.chance(0.7) ? held.amountFen : random.between(1, Math.floor(held.amountFen * 1.3) + 1);
    return { kind: 'refunded', key, valueDate, amountFen, billableFrom, purchaseKey: held.key };
  }
  const owedFen = account.balances.principalFen;
  const amountFen = random.chance(0.7) ? random.between(1, 60_000) : random.between(1, Math.floor(owedFen * 1.3) + 1);
  return { kind: 'refunded', key, valueDate, amountFen, billableFrom };
}

/** All that is billed, the minimum, a part, a fen less or more, or more than is owed. */
function paymentFen(random: RandomNumbers, habit: Habit, account: OracleRevolving): number {
  const byHabit: Record<Habit, Partial<Record<'all' | 'minimum' | 'part' | 'more', number>>> = {
    all: { all: 8, minimum: 1, more: 2 },
    minimum: { all: 1, minimum: 8, part: 1 },
    careless: { all: 2, minimum: 2, part: 3, more: 2 },
    defaulter: { all: 1, minimum: 1, part: 4 },
  };
  const choice = random.weighted<'all' | 'minimum' | 'part' | 'more'>(byHabit[habit]);
  if (choice === 'minimum') return account.missingFen + random.pick([0, 0, 0, -1, 1]);
  if (choice === 'all') return account.billedOwedFen + random.pick([0, 0, 0, -1, 1]);
  if (choice === 'part') return random.between(1, Math.max(1, account.billedOwedFen));
  return account.billedOwedFen + random.between(1, 300_000);
}
