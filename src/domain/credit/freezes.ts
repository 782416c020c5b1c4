/** Which freezes of new credit are in force: each is a fact with a reason, until a fact lifts that reason. */

import type { IsoDate } from '../values/calendar';
import { type Fact, inFactOrder } from './facts';

/** `asOf` left out: by all that is recorded. On one date a lift counts after a freeze. */
export function freezesInForce(facts: readonly Fact[], asOf?: IsoDate): string[] {
  const inForce = new Set<string>();
  for (const fact of inFactOrder(facts)) {
    if (asOf !== undefined && fact.valueDate > asOf) break;
    if (fact.kind === 'frozen') inForce.add(fact.reason);
    if (fact.kind === 'lifted') inForce.delete(fact.reason);
  }
  return [...inForce].sort();
}
