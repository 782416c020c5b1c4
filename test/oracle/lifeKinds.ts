/** Which facts the random lives hold, and how long they last. */
import type { Fact, FactKind } from '../../src/domain/credit/facts';

export const LIFE_DAYS = 730;

/** Kinds that lives may hold: all there are. */
export const ENABLED_KINDS: ReadonlySet<FactKind> = new Set<FactKind>([
  'disbursed',
  'opened',
  'purchased',
  'confirmed',
  'refunded',
  'paid',
  'reversed',
  'rate-corrected',
  'instalment-started',
  'instalment-settled',
  'credit-returned',
  'restructured',
  'frozen',
  'lifted',
  'written-off',
]);

/** Of a closed account: money, goods given back, and goods received; nothing else can come. */
export function withoutWhatFollowsTheEnd(facts: readonly Fact[]): Fact[] {
  const end = facts.find(({ kind }) => kind === 'written-off')?.valueDate;
  const countsFrom = (fact: Fact) => ('billableFrom' in fact ? fact.billableFrom : fact.valueDate);
  const kept = ['paid', 'reversed', 'written-off', 'refunded', 'confirmed', 'credit-returned'];
  const isKept = (fact: Fact) => kept.includes(fact.kind);
  return end === undefined ? [...facts] : facts.filter((fact) => isKept(fact) || countsFrom(fact) <= end);
}

/** An account is written off once. */
export function isSecondEnd(facts: readonly Fact[], kind: FactKind): boolean {
  return kind === 'written-off' && facts.some((fact) => fact.kind === kind);
}
