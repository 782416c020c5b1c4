/** The result as lines for a terminal. */
import { alignedLines } from '../../cli/textTable';
import type { BenchResult, Goal } from './result';

export function tableOf({ machine, load, figures, goals }: BenchResult): string[] {
  const rows = Object.entries(figures).map(([name, { median, min, max }]) => [
    wordsOf(name),
    number(median),
    `${number(min)} to ${number(max)}`,
  ]);
  const facts = (of: Record<string, unknown>) =>
    Object.entries(of)
      .map(([name, value]) => `${wordsOf(name)} ${value}`)
      .join(' · ');
  return [
    facts(machine),
    facts(load),
    '',
    ...alignedLines([['', 'median', 'spread'], ...rows], 1),
    '',
    ...goals.map(goalLine),
  ];
}

function goalLine({ what, bound, measured, isMet, whyNotMeasured }: Goal): string {
  if (measured === null) return `NOT MEASURED ${what}, ${bound}: ${whyNotMeasured}`;
  return `${isMet ? 'met    ' : 'NOT MET'} ${what}: ${number(measured)}, ${bound}`;
}

/** `onTimeMonthsPerSecond` is "on time months per second". */
function wordsOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function number(value: number): string {
  return value >= 1_000 ? value.toFixed(0) : value >= 100 ? value.toFixed(1) : value.toFixed(2);
}
