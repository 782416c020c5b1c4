/** A smaller life that still fails: facts are dropped one by one for as long as it does. */
import type { Fact } from '../../src/domain/credit/facts';

export function reducedFacts(facts: readonly Fact[], fails: (facts: Fact[]) => boolean): Fact[] {
  let left = [...facts];
  let isSmaller = true;
  while (isSmaller) {
    isSmaller = false;
    for (let index = left.length - 1; index > 0; index--) {
      const without = left.filter((_, position) => position !== index);
      if (!fails(without)) continue;
      left = without;
      isSmaller = true;
    }
  }
  return left;
}
