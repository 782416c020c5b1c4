/** What a benchmark came to: figures, goals met or not, and the machine they hold for. */
import type { Spread } from './statistics';

export interface Goal {
  what: string;
  bound: string;
  /** Null when this run could not measure it; `whyNotMeasured` says why, and what to do. */
  measured: number | null;
  /** A goal that was not measured is not met. */
  isMet: boolean;
  whyNotMeasured?: string;
}

/** What one part of the benchmark adds to the result. */
export interface Measured {
  machine: Record<string, string | number>;
  load: Record<string, number>;
  figures: Record<string, Spread>;
  goals: Goal[];
}

export interface BenchResult extends Measured {
  measuredAt: string;
}

/** The parts of a run as one result, in their order. */
export function resultOf(parts: readonly Measured[], measuredAt: string): BenchResult {
  const merged = <Kind extends 'machine' | 'load' | 'figures'>(kind: Kind): Measured[Kind] =>
    Object.fromEntries(parts.flatMap((part) => Object.entries(part[kind]))) as Measured[Kind];
  return {
    measuredAt,
    machine: merged('machine'),
    load: merged('load'),
    figures: merged('figures'),
    goals: parts.flatMap(({ goals }) => goals),
  };
}

export function atMost(what: string, measured: number, bound: number): Goal {
  return { what, bound: `at most ${bound}`, measured, isMet: measured <= bound };
}

export function atLeast(what: string, measured: number, bound: number): Goal {
  return { what, bound: `at least ${bound}`, measured, isMet: measured >= bound };
}

/** A goal of which this run knows nothing: no figure is made up for it. */
export function notMeasured(what: string, bound: string, whyNotMeasured: string): Goal {
  return { what, bound, measured: null, isMet: false, whyNotMeasured };
}
