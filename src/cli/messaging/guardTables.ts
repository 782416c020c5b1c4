/** What a simulation of the guard came to, as a table in Markdown: it is kept in docs/anomaly-guard.md as printed. */
import { type AttackFigures, GOALS, type GuardFigures } from '../../domain/messaging/guard/simulation/simulateGuard';

export function guardLines({ seed, normal, attacks, missed }: GuardFigures): string[] {
  const runs = attacks.filter(({ isListed }) => isListed).reduce((sum, each) => sum + each.runs, 0);
  const traits = Object.entries(normal.traits).map(([trait, days]) => `${trait} ${days}`);
  return [
    '| Attack | Variant | Runs | Detected | Done before the stop: median | worst | Minutes to the alarm |',
    '|---|---|---|---|---|---|---|',
    ...attacks.map(attackLine),
    '',
    `Seed ${seed}; ${runs} runs of listed attacks (* is not on the list); at most ${GOALS.unitsBeforeStop} done before the stop.`,
    `Normal days: ${normal.days} (${traits.join(', ')}), ${normal.messages} messages.`,
    `Days with a false alarm: ${normal.falseAlarmDays}; at most ${GOALS.falseAlarmsPer100Days} in 100.`,
    `True notices that missed their day: ${normal.unsent}; longest wait for receipts: ${normal.longestWaitMinutes} minutes.`,
    ...normal.falseAlarms.map((each) => `False alarm: ${each}`),
    missed.length === 0 ? 'Goals: met.' : `Goals missed: ${missed.join('; ')}.`,
  ];
}

function attackLine(figures: AttackFigures): string {
  const { name, variant, isListed, runs, detected, medianUnits, worstUnits, medianMinutes } = figures;
  const minutes = medianMinutes === undefined ? '–' : medianMinutes.toFixed(0);
  const cells = [`${name}${isListed ? '' : ' *'}`, variant, runs, detected, medianUnits, worstUnits, minutes];
  return `| ${cells.join(' | ')} |`;
}
