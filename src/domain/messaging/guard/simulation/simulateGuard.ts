/** Many days and attacks under guard, and what they come to against the goals. */

import { seeded } from '../../../values/random';
import { MINUTE_MS } from '../../../values/timeUnits';
import { GUARD_POLICY, type GuardPolicy } from '../anomalyGuard';
import { ATTACKS, type Attack, USUAL_SIZE } from './attacks';
import { type DayOutcome, GuardedDay } from './guardedDay';
import { drawNormalDay } from './normalDay';

export interface AttackFigures {
  name: string;
  variant: string;
  isListed: boolean;
  runs: number;
  detected: number;
  /** Messages of the attack that left, or checks that failed, in the worst run and the median one. */
  worstUnits: number;
  medianUnits: number;
  /** From the first act of the attack to the first alarm, in minutes. */
  medianMinutes: number | undefined;
}

export interface NormalFigures {
  days: number;
  messages: number;
  falseAlarmDays: number;
  /** What was raised, such as `volume due-soon`. */
  falseAlarms: string[];
  unsent: number;
  longestWaitMinutes: number;
  traits: Record<string, number>;
}

export interface GuardFigures {
  seed: number;
  normal: NormalFigures;
  attacks: AttackFigures[];
  /** Goals that were missed, in words; none when all were met. */
  missed: string[];
}

export interface SimulationInput {
  seed: number;
  days: number;
  /** Runs of each attack. */
  runs: number;
  policy?: GuardPolicy | undefined;
  progress?: ((line: string) => void) | undefined;
}

/** The goals of the guard. */
export const GOALS = { unitsBeforeStop: 50, falseAlarmsPer100Days: 1 };
/** Seeds of attacks are far from those of normal days, so that no day serves twice. */
/** What starts in the evening shows in the morning. */
const DAYS_OF_ATTACK = 2;
const ATTACK_SEEDS = 1_000_000;

export function simulateGuard(input: SimulationInput): GuardFigures {
  const { seed, days, runs, policy = GUARD_POLICY, progress } = input;
  const normal = simulateNormalDays(seed, days, policy);
  progress?.(`${days} normal days`);
  const attacks = ATTACKS.map((attack, index) => {
    const outcomes = Array.from({ length: runs }, (_, run) =>
      simulateAttack(attack, seed + ATTACK_SEEDS * (index + 1) + run, { policy }),
    );
    progress?.(`${runs} times ${attack.name}, ${attack.variant}`);
    return figuresOfAttack(attack, outcomes);
  });
  return { seed, normal, attacks, missed: missedGoals(normal, attacks) };
}

/** Kept from the draws of before: docs/anomaly-guard.md shows what they came to. */
const SPREAD = 0x9e3779b9;

/** Days with the attack in the first of them. */
export function simulateAttack(
  attack: Attack,
  seed: number,
  { policy = GUARD_POLICY, size = USUAL_SIZE }: { policy?: GuardPolicy | undefined; size?: number | undefined } = {},
): DayOutcome {
  const random = seeded(seed ^ SPREAD);
  const day = new GuardedDay(drawNormalDay(random, DAYS_OF_ATTACK), random, policy);
  attack.plant(day, random, size);
  return day.run();
}

export function simulateNormalDays(seed: number, days: number, policy: GuardPolicy = GUARD_POLICY): NormalFigures {
  const figures: NormalFigures = {
    days,
    messages: 0,
    falseAlarmDays: 0,
    falseAlarms: [],
    unsent: 0,
    longestWaitMinutes: 0,
    traits: {},
  };
  for (let index = 0; index < days; index += 1) {
    const random = seeded((seed + index) ^ SPREAD);
    const normal = drawNormalDay(random);
    const outcome = new GuardedDay(normal, random, policy).run();
    figures.messages += outcome.sent;
    figures.unsent += outcome.unsent;
    figures.longestWaitMinutes = Math.max(figures.longestWaitMinutes, outcome.longestWaitMs / MINUTE_MS);
    if (outcome.alarms.length > 0) figures.falseAlarmDays += 1;
    for (const { alarm } of outcome.alarms) {
      figures.falseAlarms.push([alarm.rule, ...Object.values(alarm.scope), alarm.detail].join(' '));
    }
    for (const trait of normal.traits) figures.traits[trait] = (figures.traits[trait] ?? 0) + 1;
  }
  figures.longestWaitMinutes = Math.round(figures.longestWaitMinutes);
  return figures;
}

function figuresOfAttack({ name, variant, isListed }: Attack, outcomes: readonly DayOutcome[]): AttackFigures {
  const detected = outcomes.filter(({ alarms }) => alarms.length > 0);
  const units = outcomes.map(({ unitsDone }) => unitsDone);
  const minutes = detected.flatMap(({ alarms, attackedAtMs }) =>
    attackedAtMs === undefined || !alarms[0] ? [] : [(alarms[0].atMs - attackedAtMs) / MINUTE_MS],
  );
  return {
    name,
    variant,
    isListed,
    runs: outcomes.length,
    detected: detected.length,
    worstUnits: Math.max(...units),
    medianUnits: median(units) ?? 0,
    medianMinutes: median(minutes),
  };
}

function missedGoals(normal: NormalFigures, attacks: readonly AttackFigures[]): string[] {
  const perDays = (normal.falseAlarmDays * 100) / normal.days;
  return [
    ...(perDays > GOALS.falseAlarmsPer100Days ? [`${perDays} false alarms in 100 normal days`] : []),
    ...attacks.flatMap(({ name, variant, runs, detected, worstUnits }) => [
      ...(detected < runs ? [`${name}, ${variant}: ${runs - detected} of ${runs} not detected`] : []),
      ...(worstUnits > GOALS.unitsBeforeStop ? [`${name}, ${variant}: ${worstUnits} before the stop`] : []),
    ]),
  ];
}

function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)];
}
