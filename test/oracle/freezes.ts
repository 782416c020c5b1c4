/** Reasons for which new credit is stopped: a freeze adds its reason, and a lift takes the same one away. */
import type { Fact } from '../../src/domain/credit/facts';

export function freezeOrLift(reasons: Set<string>, fact: Fact): void {
  if (fact.kind === 'frozen') reasons.add(fact.reason);
  if (fact.kind === 'lifted') reasons.delete(fact.reason);
}
