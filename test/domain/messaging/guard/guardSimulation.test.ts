/** The goals of the guard over fixed seeds, and that each rule is needed for one of the attacks. */
import { describe, expect, it } from '@jest/globals';
import { GUARD_POLICY, GUARD_RULES, type GuardRule } from '../../../../src/domain/messaging/guard/anomalyGuard';
import { ATTACKS, type Attack } from '../../../../src/domain/messaging/guard/simulation/attacks';
import {
  GOALS,
  simulateAttack,
  simulateNormalDays,
} from '../../../../src/domain/messaging/guard/simulation/simulateGuard';

const SEEDS = [11, 12];
const SMALL = 8;

function named(name: string, variant: string): Attack {
  const attack = ATTACKS.find((each) => each.name === name && each.variant === variant);
  if (!attack) throw new Error(`there is no attack ${name}, ${variant}`);
  return attack;
}

describe.each(ATTACKS.map((attack) => [`${attack.name}, ${attack.variant}`, attack] as const))('%s', (_, attack) => {
  it.each(SEEDS)('is stopped in time, seed %i', (seed) => {
    const { alarms, unitsDone } = simulateAttack(attack, seed);
    expect(alarms.length).toBeGreaterThan(0);
    expect(unitsDone).toBeLessThanOrEqual(GOALS.unitsBeforeStop);
  });
});

it('raises nothing on normal days, and lets every true notice out on its day', () => {
  const { falseAlarms, unsent, messages, traits } = simulateNormalDays(500, 40);
  expect(falseAlarms).toEqual([]);
  expect(unsent).toBe(0);
  expect(messages).toBeGreaterThan(10_000);
  expect(Object.keys(traits).sort()).toEqual(['failing numbers', 'month-end', 'outage of an hour', 'slow carrier']);
});

/** For each rule an attack, small enough that no other rule sees it. */
const NEEDED: Record<Exclude<GuardRule, 'receipt-window'>, Attack> = {
  text: { ...named('tampered amount', 'off by one fen'), plant: tamperWith((text) => text.replace('您', '你')) },
  figures: named('tampered amount', 'off by one fen'),
  foreign: named('rogue template', 'look-alike link, review forged'),
  template: named('rogue template', 'one character, by SQL'),
  hours: named('stolen key', '03:00, slowly'),
  schedule: named('replayed batch', 'yesterday, under keys of its own'),
  promise: named('replayed batch', 'this morning again'),
  recipient: named('one phone flooded', 'phones changed in the vault'),
  volume: named('stolen key', 'by day, a batch'),
  'receipt-silence': named('false success', 'in the middle of the day'),
  'receipt-failures': named('receipts turn to failures', 'half to all'),
  'foreign-receipts': named('key of a provider stolen', 'receipts of strangers'),
  'code-checks': named('phishing from outside', 'codes that fail'),
};

function tamperWith(change: (text: string) => string): Attack['plant'] {
  return ({ planned }, random, size) => {
    const chosen = planned.filter(({ kind }) => kind === 'due-soon' && random.chance(0.5));
    for (const notice of chosen.slice(0, size)) notice.tamper = change;
  };
}

/** Of what a rule alone catches, so much is needed for it to show. */
const SIZES: Partial<Record<GuardRule, number>> = { volume: 30, 'foreign-receipts': 40, 'code-checks': 60 };

describe.each(Object.entries(NEEDED) as [GuardRule, Attack][])('the rule %s', (rule, attack) => {
  const size = SIZES[rule] ?? SMALL;
  it('catches its attack', () => {
    expect(simulateAttack(attack, 21, { size }).alarms.map(({ alarm }) => alarm.rule)).toContain(rule);
  });

  it('is the only one that does', () => {
    const policy = { ...GUARD_POLICY, switchedOff: [rule] };
    expect(simulateAttack(attack, 21, { policy, size }).alarms.map(({ alarm }) => alarm)).toEqual([]);
  });
});

it('loses more than it may to false success without the window of receipts', () => {
  const policy = { ...GUARD_POLICY, switchedOff: ['receipt-window'] as const };
  expect(simulateAttack(named('false success', 'in the morning rush'), 21, { policy }).unitsDone).toBeGreaterThan(
    GOALS.unitsBeforeStop,
  );
});

it('has an attack for every rule', () => {
  expect([...Object.keys(NEEDED), 'receipt-window'].sort()).toEqual([...GUARD_RULES].sort());
});

it('is the same for the same seed', () => {
  const attack = named('stolen key', 'by day, slowly');
  expect(simulateAttack(attack, 31)).toEqual(simulateAttack(attack, 31));
});
