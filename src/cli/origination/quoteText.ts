/** Quotes as text: a table of instalments, and lines of a name and a figure. Yuan with separators, rates in percent. */

import type { Quote, QuotedInstalment } from '../../domain/origination/quote';
import { type Fen, formatYuan } from '../../domain/values/money';
import { alignedLines } from '../textTable';

type Cell = (row: QuotedInstalment) => string;

const DATED: [head: string, cell: Cell][] = [
  ['due date', ({ dueDate }) => dueDate ?? ''],
  ['days', ({ days }) => String(days ?? '')],
];

/** The instalments with their sums; columns that hold nothing are left out. */
export function instalmentTable({ instalments, totalInterestFen }: Quote): string[] {
  const feeFen = sumOf(instalments, (row) => row.feeFen);
  const columns: [head: string, cell: Cell, sumFen?: Fen][] = [
    ['no.', ({ number }) => String(number)],
    ...(instalments.some(({ dueDate }) => dueDate !== null) ? DATED : []),
    ['payment', (row) => formatYuan(row.paymentFen), sumOf(instalments, (row) => row.paymentFen)],
    ['principal', (row) => formatYuan(row.principalFen), sumOf(instalments, (row) => row.principalFen)],
    ['interest', (row) => formatYuan(row.interestFen), totalInterestFen],
    ...(feeFen > 0 ? [['fee', (row) => formatYuan(row.feeFen), feeFen] satisfies [string, Cell, Fen]] : []),
    ['balance', (row) => formatYuan(row.balanceFen)],
  ];
  const heads = columns.map(([head]) => head);
  const rows = instalments.map((row) => columns.map(([, cell]) => cell(row)));
  const sums = columns.map(([, , sumFen]) => (sumFen === undefined ? '' : formatYuan(sumFen)));
  return alignedLines([heads, ...rows, sums], 0);
}

/** The rates of a quote as lines. */
export function costLines({ cost: { aprNominal, aprDaily, ear } }: Quote): [name: string, figure: string][] {
  return [
    ['annual rate, nominal (12 x month)', percent(aprNominal)],
    ...(aprDaily === undefined
      ? []
      : [['annual rate, by days (365 x day)', percent(aprDaily)] satisfies [string, string]]),
    ['annual rate, effective', percent(ear)],
  ];
}

export function percent(rate: number): string {
  return `${(rate * 100).toFixed(4)} %`;
}

/** Names on the left, figures below each other on the right. */
export function lines(pairs: readonly (readonly [name: string, figure: string])[]): string[] {
  return alignedLines(pairs, 1);
}

function sumOf(rows: readonly QuotedInstalment[], amountOf: (row: QuotedInstalment) => Fen): Fen {
  return rows.reduce((sum, row) => sum + amountOf(row), 0);
}
