/** The attack: a system of its own, then each part in turn, from one seed. See docs/threat-model.md. */
import { seeded } from '../demo/random';
import { attackMatrix } from './matrix';
import { readRoutes } from './routeTable';
import type { Tally } from './tally';
import { Target, type TargetOptions } from './target';
import { World } from './world';

export const PARTS = ['matrix'] as const;
export type Part = (typeof PARTS)[number];

export interface AttackOptions extends TargetOptions {
  seed: number;
  /** The form that runs with the tests: less of everything, and nothing left out. */
  isShort: boolean;
  parts: readonly Part[];
}

export async function runAttack(options: AttackOptions): Promise<Tally[]> {
  const { seed, isShort, parts, report } = options;
  const routes = await readRoutes();
  const target = await Target.begin(options);
  const world = new World(target);
  const size = isShort ? SHORT : FULL;
  const run: Record<Part, () => Promise<Tally>> = {
    matrix: () => attackMatrix(target, routes, { random: seeded(seed), scopesPerRoute: size.scopesPerRoute }),
  };
  const tallies: Tally[] = [];
  try {
    for (const part of parts) {
      const startedAtMs = Date.now();
      const tally = await run[part]();
      tallies.push(tally);
      const seconds = Math.round((Date.now() - startedAtMs) / 1000);
      report(`${part}: ${tally.tried} tried, ${tally.faults} faults, ${seconds} s`);
    }
    return tallies;
  } finally {
    await target.end();
  }
}

const FULL = { scopesPerRoute: 100 };
const SHORT = { scopesPerRoute: 2 };
