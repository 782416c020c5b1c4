/** The report of a replay: its JSON, its text for the terminal, and its faults. Pure. */

import { BUCKETS } from '../../domain/policy/lendingPolicy';
import type { RefusedLine } from './cardFile';
import type { BillComparison, DelinquencyTable, FigureAgreement } from './outcome';

interface NoticeTally {
  kind: string;
  status: string;
  cancelReason: string | null;
  count: number;
}

export interface Pace {
  speed: number;
  /** Runs that were given up because the clock outran the work, at a higher speed each. */
  givenUp: number;
  wallSeconds: number;
  accountMonths: number;
  accountMonthsPerSecond: number;
  mostDaysBehind: number;
  /** Days whose deeds came too late to stop reminders: above 0, notices differ from those of an unhurried run. */
  lateDays: number;
}

export interface ReplayReport {
  file: string;
  rows: { read: number; replayed: number; refused: RefusedLine[] };
  bills: BillComparison;
  delinquency: { agreement: FigureAgreement; tables: DelinquencyTable[] };
  notices: NoticeTally[];
  warnings: { rule: string; count: number }[];
  ledger: { balanced: boolean; totalFen: number };
  stuck: { behind: string[]; failedWorkflows: string[] };
  noticesSentTwice: string[];
  pace: Pace;
  /** What makes the run fail; none when all bills are equal, the ledger balances and nothing is stuck. */
  faults: string[];
}

/** One sentence for what the comparison with the file found wrong. */
export function faultsOfBills(bills: BillComparison): string[] {
  const faults: string[] = [];
  if (bills.expected === 0) faults.push('no row of the file could be replayed');
  if (bills.equal !== bills.expected) {
    faults.push(`${bills.expected - bills.equal} of ${bills.expected} bills are not those of the file`);
  }
  if (bills.otherLimits.length > 0) {
    faults.push(`${bills.otherLimits.length} accounts do not have the limit of the file: lines ${bills.otherLimits}`);
  }
  return faults;
}

const SHOWN = 10;

export function reportLinesOf(report: ReplayReport): string[] {
  return [
    ...rowLines(report),
    '',
    ...billLines(report.bills),
    '',
    ...delinquencyLines(report.delinquency.tables),
    ...agreementLines(report.delinquency.agreement),
    '',
    ...noticeLines(report.notices),
    `warnings: ${report.warnings.map(({ rule, count }) => `${rule} ${count}`).join(', ') || 'none'}`,
    `ledger: ${report.ledger.balanced ? 'balanced' : 'NOT BALANCED'}; stuck: ${stuckOf(report.stuck)}; ` +
      `notices sent twice: ${report.noticesSentTwice.length || 'none'}`,
    ...paceLines(report.pace),
  ];
}

function rowLines({ file, rows }: ReplayReport): string[] {
  const { read, replayed, refused } = rows;
  return [
    `${file}: ${read} rows read, ${replayed} replayed, ${refused.length} refused`,
    ...refused.slice(0, SHOWN).map(({ line, reason }) => `  line ${line} refused: ${reason}`),
    ...more(refused.length, 'refused'),
  ];
}

function billLines({ expected, equal, differences }: BillComparison): string[] {
  return [
    `bills: ${equal} of ${expected} equal to the file's`,
    ...differences
      .slice(0, SHOWN)
      .map(
        ({ line, month, fileFen, replayedFen }) =>
          `  line ${line}, ${month}: ${replayedFen === null ? 'no bill' : `${replayedFen} fen`}, the file has ${fileFen}`,
      ),
    ...more(differences.length, 'different'),
  ];
}

function more(count: number, what: string): string[] {
  return count > SHOWN ? [`  and ${count - SHOWN} more ${what}: --summary has them all`] : [];
}

/** A table for each month side by side would be too wide; below each other they read as the months pass. */
function delinquencyLines(tables: readonly DelinquencyTable[]): string[] {
  const worst = BUCKETS.findLastIndex((bucket) =>
    tables.some(({ rows }) => rows.some(({ buckets }) => buckets[bucket] > 0)),
  );
  const shown = BUCKETS.slice(0, Math.max(1, worst + 1));
  const cell = (value: string | number) => String(value).padStart(6);
  const lines = ["delinquency: accounts by the file's code (PAY_*) and by bucket here"];
  for (const { month, rows } of tables) {
    lines.push(`  ${month}${cell('code')}${shown.map(cell).join('')}`);
    for (const { status, buckets } of rows) {
      lines.push(`         ${cell(status)}${shown.map((bucket) => cell(buckets[bucket] || '.')).join('')}`);
    }
  }
  return lines;
}

function agreementLines({ accountMonths, sameSide, sameBucket }: FigureAgreement): string[] {
  return [
    `  late or not as in the file: ${percent(sameSide, accountMonths)} of ${accountMonths} account-months; ` +
      `the same months late: ${percent(sameBucket, accountMonths)} (docs/replay.md says why they differ)`,
  ];
}

function stuckOf({ behind, failedWorkflows }: ReplayReport['stuck']): string {
  const stuck = [...behind, ...failedWorkflows];
  return stuck.length === 0 ? 'nothing' : stuck.join(', ');
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '-' : `${((part / whole) * 100).toFixed(1)} %`;
}

function noticeLines(notices: readonly NoticeTally[]): string[] {
  const kinds = [...new Set(notices.map(({ kind }) => kind))].sort();
  return [
    'notices by kind and outcome:',
    ...kinds.map((kind) => {
      const outcomes = notices
        .filter((notice) => notice.kind === kind)
        .map(({ status, cancelReason, count }) => `${status}${cancelReason ? ` (${cancelReason})` : ''} ${count}`)
        .sort();
      return `  ${kind}: ${outcomes.join(', ')}`;
    }),
    ...(kinds.length === 0 ? ['  none'] : []),
  ];
}

function paceLines(pace: Pace): string[] {
  const { speed, givenUp, wallSeconds, accountMonths, accountMonthsPerSecond, mostDaysBehind, lateDays } = pace;
  const after = givenUp > 0 ? `, after ${givenUp} runs given up at a higher speed` : '';
  const late =
    lateDays > 0
      ? [`  on ${lateDays} days the clock outran the work: bills are right, reminders may differ; try a lower --speed`]
      : [];
  return [
    `pace: ${accountMonths} account-months in ${wallSeconds.toFixed(1)} s, ${accountMonthsPerSecond.toFixed(1)} a second, ` +
      `at ${speed} x${after}; booked at most ${mostDaysBehind.toFixed(1)} business days behind the clock`,
    ...late,
  ];
}
