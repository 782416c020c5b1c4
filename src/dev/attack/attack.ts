/** The attack: a system of its own, then each part in turn, from one seed. See docs/threat-model.md. */
import { seeded } from '../../domain/values/random';
import { attackAnonymously } from './anonymous';
import { attackByFuzz } from './fuzz';
import { attackByImpersonation } from './impersonation';
import { attackFromInside } from './insider';
import { attackByKills } from './kills';
import { attackMatrix } from './matrix';
import { attackForMoney } from './money';
import { attackByRaces } from './races';
import { readRoutes } from './routeTable';
import type { AttackTally } from './tally';
import { type Killable, Target, type TargetOptions } from './target';
import { World } from './world';

/**
 * Turns, in their order; the parts of one go on side by side, since each has accounts of its own and mostly waits. Kills
 * have one to themselves, and the insider comes last: what it leaves behind is no honest system any more.
 */
const TURNS = [['matrix', 'anonymous'], ['fuzz', 'races', 'money', 'impersonation'], ['kills'], ['insider']] as const;
export type AttackPart = (typeof TURNS)[number][number];
export const ATTACK_PARTS: readonly AttackPart[] = TURNS.flat();

export interface AttackOptions extends TargetOptions {
  seed: number;
  /** The form that runs with the tests: less of everything, and nothing left out. */
  isShort: boolean;
  parts: readonly AttackPart[];
}

interface Size {
  scopesPerRoute: number;
  anonymousRequests: number;
  fuzz: { valuesPerPlace: number; rawPerRoute: number };
  raceRounds: number;
  money: { randomLives: number; deedsPerLife: number };
  kills: { writes: number; kills: readonly Killable[] };
}

const FULL: Size = {
  scopesPerRoute: 100,
  anonymousRequests: 192,
  fuzz: { valuesPerPlace: 30, rawPerRoute: 20 },
  raceRounds: 6,
  money: { randomLives: 8, deedsPerLife: 32 },
  kills: {
    writes: 400,
    kills: ['API', 'worker', 'PostgreSQL', 'Temporal', 'worker', 'API', 'PostgreSQL', 'worker'],
  },
};

const SHORT: Size = {
  scopesPerRoute: 1,
  anonymousRequests: 40,
  fuzz: { valuesPerPlace: 1, rawPerRoute: 2 },
  raceRounds: 1,
  money: { randomLives: 1, deedsPerLife: 16 },
  kills: { writes: 60, kills: ['API', 'worker', 'PostgreSQL', 'Temporal'] },
};

/** Parts of the attack that go on side by side; two cores carry so many. */
const AT_ONCE = 3;

export async function runAttack(options: AttackOptions): Promise<AttackTally[]> {
  const { seed, isShort, parts, report } = options;
  const routes = await readRoutes();
  const target = await Target.begin(options);
  const tallies: AttackTally[] = [];
  try {
    const run = work(new World(target), routes, seed, isShort ? SHORT : FULL);
    for (const turn of TURNS) {
      const now = turn.filter((part) => parts.includes(part));
      tallies.push(...(await Promise.all(now.map((part) => timed(part, run[part], report)))));
    }
    return tallies;
  } finally {
    await target.end({ keepsLogs: tallies.some(({ faults }) => faults > 0) });
  }
}

async function timed(
  part: AttackPart,
  work: () => Promise<AttackTally>,
  report: (line: string) => void,
): Promise<AttackTally> {
  const startedAtMs = Date.now();
  const tally = await work();
  const seconds = Math.round((Date.now() - startedAtMs) / 1000);
  report(`${part}: ${tally.tried} tried, ${tally.faults} faults, ${seconds} s`);
  return tally;
}

type Routes = Awaited<ReturnType<typeof readRoutes>>;

function work(world: World, routes: Routes, seed: number, size: Size): Record<AttackPart, () => Promise<AttackTally>> {
  const { scopesPerRoute, anonymousRequests: requests, raceRounds: rounds } = size;
  return {
    matrix: () => attackMatrix(world.target, routes, { random: seeded(seed), scopesPerRoute }),
    anonymous: () => attackAnonymously(world, routes, { seed, requests }),
    fuzz: () => attackByFuzz(world, routes, { seed, atOnce: AT_ONCE, ...size.fuzz }),
    races: () => attackByRaces(world, routes, { seed, rounds, atOnce: AT_ONCE }),
    money: () => attackForMoney(world, { seed, ...size.money }),
    impersonation: () => attackByImpersonation(world, routes),
    kills: () => attackByKills(world, { seed, ...size.kills }),
    insider: () => attackFromInside(world),
  };
}
