/**
 * What came of each try, in the words of the table. A try that went as promised is `held` or `refused`; every other one
 * is a fault, and of exactly one kind.
 */
import { ArgumentError } from '../../cli/arguments';
import { alignedLines } from '../../cli/textTable';

export type AttackFault =
  /** What was acknowledged, told or entrusted is not in the books, not true, or where it does not belong. */
  | 'lost'
  /** Done more than once, or answered in two ways. */
  | 'doubled'
  /** Money, a right or a record out of nothing, and nobody sees it. */
  | 'minted'
  /** An account, a request or a measure that does not go on, or an answer that only an own fault gives. */
  | 'stopped';

export type Outcome = 'held' | 'refused' | AttackFault;

export const FAULTS: readonly AttackFault[] = ['lost', 'doubled', 'minted', 'stopped'];
const OUTCOMES: readonly Outcome[] = ['held', 'refused', ...FAULTS];

export interface AttackFinding {
  part: string;
  fault: AttackFault;
  what: string;
  times: number;
}

/** Counts of one part of the attack. */
export class AttackTally {
  readonly counts: Record<Outcome, number> = { held: 0, refused: 0, lost: 0, doubled: 0, minted: 0, stopped: 0 };
  /** What was not tried, and why: told, because a guard that nobody attacks is not proved. */
  readonly notTried: string[] = [];
  private readonly found = new Map<string, AttackFinding>();

  constructor(readonly part: string) {}

  held(times = 1): void {
    this.counts.held += times;
  }

  refused(times = 1): void {
    this.counts.refused += times;
  }

  fault(fault: AttackFault, what: string): void {
    this.counts[fault] += 1;
    const key = `${fault} ${what}`;
    const known = this.found.get(key);
    if (known) known.times += 1;
    else this.found.set(key, { part: this.part, fault, what, times: 1 });
  }

  /** A guard that must hold, as one try. */
  expect(isHeld: boolean, fault: AttackFault, what: string): boolean {
    if (isHeld) this.held();
    else this.fault(fault, what);
    return isHeld;
  }

  get findings(): AttackFinding[] {
    return [...this.found.values()];
  }

  get tried(): number {
    return OUTCOMES.reduce((sum, outcome) => sum + this.counts[outcome], 0);
  }

  get faults(): number {
    return FAULTS.reduce((sum, fault) => sum + this.counts[fault], 0);
  }
}

/** The table, then each fault, then what was not tried. */
export function linesOfTally(tallies: readonly AttackTally[]): string[] {
  const head = ['part', 'tried', ...OUTCOMES];
  const rows = tallies.map((tally) => [
    tally.part,
    String(tally.tried),
    ...OUTCOMES.map((outcome) => String(tally.counts[outcome])),
  ]);
  const sums = head.slice(1).map((_, at) => String(rows.reduce((sum, row) => sum + Number(row[at + 1]), 0)));
  const all = [head, ...rows, ['all', ...sums]];
  const findings = tallies
    .flatMap((tally) => tally.findings)
    .map(
      ({ part, fault, what, times }) =>
        `${fault.toUpperCase()} (${part})${times > 1 ? ` ${times} times` : ''}: ${what}`,
    );
  const notTried = tallies.flatMap(({ part, notTried: list }) => list.map((what) => `not tried (${part}): ${what}`));
  return [
    ...alignedLines(all, 1),
    ...[...findings, ...notTried].flatMap((text, at) => (at === 0 ? ['', text] : [text])),
  ];
}

/** The parts that are asked for, in their order. Throws {@link ArgumentError} for one that there is not. */
export function partsOfTally<Part extends string>(asked: string | undefined, known: readonly Part[]): Part[] {
  if (asked === undefined) return [...known];
  const words = asked.split(',');
  const unknown = words.find((word) => !(known as readonly string[]).includes(word));
  if (unknown !== undefined) throw new ArgumentError(`--only ${unknown} is no part: give some of ${known.join(', ')}`);
  return known.filter((part) => words.includes(part));
}
