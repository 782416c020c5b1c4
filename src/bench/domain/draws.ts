/** Whole numbers that look drawn and are the same in every run, so that each run measures the same lives. */

/** A draw from 0 until `below`, which is a whole number of at most 2^31. */
export type Draw = (below: number) => number;

/** Xorshift of 32 bits: of two seeds the draws differ, of one they never do. The seed is a whole number that is not 0. */
export function drawsOf(seed: number): Draw {
  let state = seed | 0;
  if (state === 0) throw new RangeError('a seed of 0 draws nothing but 0');
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
