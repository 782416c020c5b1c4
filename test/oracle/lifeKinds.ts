/** Which facts the random lives hold, and how long they last. */
import type { Fact, FactKind } from '../../src/domain/facts';

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

/** A closed account takes payments alone: what a late fact of another kind would do is not defined. */
export function withoutWhatFollowsTheEnd(facts: readonly Fact[]): Fact[] {
  const end = facts.find(({ kind }) => kind === 'written-off')?.valueDate;
  const countsFrom = (fact: Fact) => ('billableFrom' in fact ? fact.billableFrom : fact.valueDate);
  const isKept = (fact: Fact) => ['paid', 'reversed', 'written-off'].includes(fact.kind);
  return end === undefined ? [...facts] : facts.filter((fact) => isKept(fact) || countsFrom(fact) <= end);
}

/** An account is written off once. */
export function isSecondEnd(facts: readonly Fact[], kind: FactKind): boolean {
  return kind === 'written-off' && facts.some((fact) => fact.kind === kind);
}
