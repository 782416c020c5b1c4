/** Chance from a seed: the same seed is the same day, portfolio, attack or life. Not for secrets. */

export interface Random {
  /** At least 0 and less than 1. */
  next(): number;
  /** Whole, from 0 on and less than `count`. */
  below(count: number): number;
  /** Whole, both ends included. */
  between(min: number, max: number): number;
  chance(probability: number): boolean;
  pick<Item>(items: readonly Item[]): Item;
  /** Mean 1 exponential. */
  exponential(): number;
}

/** Mulberry32: small, and good enough to draw days. Of two seeds of 32 bits the draws differ, of one they never do. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (count: number): number => Math.floor(next() * count);
  const between = (min: number, max: number): number => min + below(max - min + 1);
  return {
    next,
    below,
    between,
    chance: (probability) => next() < probability,
    pick: (items) => {
      const picked = items[below(items.length)];
      if (picked === undefined) throw new RangeError('nothing to pick from');
      return picked;
    },
    exponential: () => -Math.log(1 - next()),
  };
}
