/**
 * Random numbers from a seed: mulberry32, a counter that is mixed by multiplications and shifts of 32 bits. Small,
 * the same on every machine, and good enough to spread lives; the same seed gives the same life for ever.
 */
export class RandomNumbers {
  private counter: number;

  constructor(seed: number) {
    this.counter = seed >>> 0;
    // Neighbouring seeds begin alike: a few steps part them.
    for (let step = 0; step < 3; step++) this.unit();
  }

  /** From 0 to below 1. */
  unit(): number {
    this.counter = (this.counter + 0x6d2b79f5) >>> 0;
    let mixed = this.counter;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `min` to `max`, both included. */
  between(min: number, max: number): number {
    return min + Math.floor(this.unit() * (max - min + 1));
  }

  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  pick<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.between(0, choices.length - 1)] ?? choices[0];
  }

  /** One of the names, each as often as its weight says. */
  weighted<T extends string>(weights: Partial<Record<T, number>>): T {
    const entries = Object.entries(weights) as [T, number][];
    let left = this.unit() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [name, weight] of entries) {
      left -= weight;
      if (left < 0) return name;
    }
    throw new Error('no choice has weight');
  }

  /** The names in another order. */
  shuffled<T>(choices: readonly T[]): T[] {
    return choices
      .map((choice) => ({ choice, rank: this.unit() }))
      .sort((one, other) => one.rank - other.rank)
      .map(({ choice }) => choice);
  }
}
