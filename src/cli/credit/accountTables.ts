/** The report of `account derive` as tables for people: yuan, columns under each other. */
import type { JournalEntry } from '../../domain/ledger/journal';
import { REASONS } from '../../domain/policy/reasonCodes';
import { type Fen, formatYuan } from '../../domain/values/money';
import { lines } from '../origination/quoteText';
import { alignedLines } from '../textTable';
import type { AccountReport } from './accountReport';

type Rows = readonly string[][];

export function reportLines(report: AccountReport): string[] {
  const { product, asOf, policy, stage, bucket } = report;
  const changed = policy.overrides.length === 0 ? '' : ` with its own ${policy.overrides.join(', ')}`;
  return [
    `${product} as of ${asOf}: ${bucket === null ? stage : `${stage}, ${bucket}`}; policy ${policy.version}${changed}`,
    '',
    ...lines([...balancePairs(report), ...standingPairs(report)]),
    ...scheduleTable(report),
    ...billTable(report),
    ...obligationTable(report),
    ...remarkTable(report),
    ...entryTable(report.entries),
  ];
}

function balancePairs({ balances }: AccountReport): [string, string][] {
  const { principalFen, interestFen, penaltyFen, feeFen, creditFen } = balances;
  const amounts: [string, Fen][] = [
    ['principal', principalFen],
    ['interest', interestFen],
    ['penalty', penaltyFen],
    ['fee', feeFen],
    ['credit of the borrower', creditFen],
  ];
  return amounts.map(([name, amountFen]) => [name, formatYuan(amountFen)]);
}

function standingPairs(report: AccountReport): [string, string][] {
  return [
    ['settles everything', formatYuan(report.payoffFen)],
    ...(report.claimedFen === report.payoffFen ? [] : [['claimed', formatYuan(report.claimedFen)] as [string, string]]),
    ['overdue', formatYuan(report.overdueFen)],
    ['least that makes it current', formatYuan(report.minimumOverdueFen)],
    ['days past due', daysText(report)],
    ['asset class', report.isNonAccrual ? `${report.assetClass}, non-accrual` : report.assetClass],
    ['available', availableText(report)],
    ...(report.recoverableFen > 0 ? [['recoverable', formatYuan(report.recoverableFen)] as [string, string]] : []),
    ...(report.freezes.length > 0 ? [['new credit frozen', report.freezes.join(', ')] as [string, string]] : []),
    ['next deadline', report.nextDeadline ?? 'none'],
  ];
}

function daysText({ daysPastDue, pastDueSince }: AccountReport): string {
  return pastDueSince === null ? String(daysPastDue) : `${daysPastDue}, since ${pastDueSince}`;
}

function availableText({ availableFen, stoppedBy }: AccountReport): string {
  const amount = formatYuan(availableFen);
  return stoppedBy.length === 0 ? amount : `${amount} (${stoppedBy.join(', ')})`;
}

function scheduleTable({ schedule }: AccountReport): string[] {
  if (!schedule) return [];
  const rows = schedule.map(({ number, dueDate, days, principalFen, interestFen, owedFen }) => [
    String(number),
    dueDate,
    String(days),
    ...[principalFen, interestFen, owedFen].map(formatYuan),
  ]);
  return titled('schedule', [['no.', 'due date', 'days', 'principal', 'interest', 'owed'], ...rows], 2);
}

function billTable({ bills }: AccountReport): string[] {
  if (!bills) return [];
  const rows = bills.map((bill) => [
    String(bill.number),
    bill.billDate,
    bill.dueDate,
    ...[bill.principalFen, bill.interestFen, bill.penaltyFen, bill.feeFen ?? 0].map(formatYuan),
    ...[bill.totalFen, bill.minimumPaymentFen].map(formatYuan),
  ]);
  const heads = ['no.', 'bill date', 'due date', 'principal', 'interest', 'penalty', 'fee', 'total', 'minimum'];
  return titled('bills', [heads, ...rows], 3);
}

function obligationTable({ obligations }: AccountReport): string[] {
  const rows = obligations.map(({ key, dueDate, lateFrom, owedFen, minimumFen, penaltyFen }) => [
    key,
    dueDate,
    lateFrom,
    ...[owedFen, minimumFen, penaltyFen].map(formatYuan),
  ]);
  return titled('obligations', [['', 'due date', 'late from', 'owed', 'minimum', 'penalty in it'], ...rows], 3);
}

function remarkTable({ remarks }: AccountReport): string[] {
  if (!remarks) return [];
  return titled('remarks', [['fact', 'code', ''], ...remarks.map(({ key, code }) => [key, code, REASONS[code].en])], 3);
}

function entryTable(entries: readonly JournalEntry[] | undefined): string[] {
  if (!entries) return [];
  const rows = entries.flatMap(({ key, kind, valueDate, lines: entryLines }) =>
    entryLines.map(({ account, amountFen }, index) => [
      ...(index === 0 ? [valueDate, key, kind] : ['', '', '']),
      account,
      formatYuan(amountFen),
    ]),
  );
  return titled('entries', [['date', 'key', 'kind', 'account', 'amount'], ...rows], 4);
}

/** A table below a title and a blank line; so many columns hold words and stand to the left. */
function titled(title: string, rows: Rows, words: number): string[] {
  if (rows.length === 1) return ['', `${title}: none`];
  return ['', title, ...alignedLines(rows, words)];
}
