/** The ledger's reports as lines for a terminal: amounts in yuan, under each other. */

import type { AccountStatementReport, PayoffReport, TrialBalanceReport } from '../../activities/ledger/ledgerReports';
import { DIFFERENCES_KEPT } from '../../activities/ledger/reconciliation';
import type { DailyClose } from '../../db/ledger/dailyCloses';
import type { Receivables } from '../../domain/ledger/accountStatement';
import type { LedgerAccount } from '../../domain/ledger/journal';
import type { Difference } from '../../domain/ledger/reconciliation';
import { dateAt, SHANGHAI } from '../../domain/values/clock';
import { type Fen, formatYuan } from '../../domain/values/money';
import { alignedLines } from '../textTable';

export function closeLines({ tenantId, businessDate, outcome, closeId, ...found }: DailyClose): string[] {
  const { accountCount, entryCount, postingCount, lines, differences } = found;
  const read = `${accountCount} accounts, ${entryCount} entries, ${postingCount} postings read`;
  const waits = waitingLines(found);
  if (outcome === 'succeeded') {
    return [
      `close ${closeId} of ${businessDate}, ${tenantId}: succeeded; ${read}`,
      '',
      ...balanceLines(lines),
      ...waits,
    ];
  }
  const count = differences.length === 1 ? '1 difference' : `${differences.length} differences`;
  const more = differences.length >= DIFFERENCES_KEPT ? ' or more; those beyond were not looked for' : '';
  const rows = differences.map((difference) => ['', ...differenceCells(difference)]);
  return [
    `close ${closeId} of ${businessDate}, ${tenantId}: FAILED with ${count}${more}; ${read}`,
    '',
    ...alignedLines([['', 'account', 'check', 'of', 'booked', 'derived'], ...rows], 4).map((line) => line.trim()),
    ...waits,
  ];
}

/** What was set aside: the books are right without it, and it is nobody's until two people have said what it is. */
function waitingLines({ waiting, waitingCount }: Pick<DailyClose, 'waiting' | 'waitingCount'>): string[] {
  if (waitingCount === 0) return [];
  const more = waitingCount > waiting.length ? `, of them the oldest ${waiting.length}` : '';
  const rows = waiting.map(({ asideId, accountId, kind, ageDays }) => [
    '',
    String(asideId),
    accountId,
    kind,
    ageDays === 1 ? '1 day' : `${ageDays} days`,
  ]);
  return [
    '',
    `set aside, waits for two people: ${waitingCount}${more}; \`npx creditloom arrivals\``,
    ...alignedLines([['', 'number', 'account', 'what', 'age'], ...rows], 5).map((line) => line.trim()),
  ];
}

/** Account, check, of what, booked, derived. */
function differenceCells(difference: Difference): string[] {
  switch (difference.check) {
    case 'entries':
    case 'balances': {
      const { accountId, check, ledgerAccount, bookedFen, derivedFen } = difference;
      return [accountId, check, ledgerAccount, formatYuan(bookedFen), formatYuan(derivedFen)];
    }
    case 'entry': {
      const { accountId, check, businessKey, lineCount, sumFen } = difference;
      return [accountId, check, `${businessKey} (${lineCount} lines)`, formatYuan(sumFen), formatYuan(0)];
    }
    case 'projection': {
      const { accountId, check, field, booked, derived } = difference;
      const cell = (value: string | number | null) => {
        if (typeof value !== 'number') return value ?? 'none';
        if (field.endsWith('AtMs')) return dateAt(value, SHANGHAI);
        return field.endsWith('Fen') ? formatYuan(value) : String(value);
      };
      return [accountId, check, field, cell(booked), cell(derived)];
    }
    case 'behind': {
      const { accountId, check, deadlineAtMs } = difference;
      return [accountId, check, deadlineAtMs === null ? 'its first step' : dateAt(deadlineAtMs, SHANGHAI), '', ''];
    }
    case 'debit': {
      const { accountId, check, reference, bookedFen, derivedFen } = difference;
      return [accountId, check, reference, formatYuan(bookedFen), formatYuan(derivedFen)];
    }
    case 'refunds': {
      const { accountId, check, excessFen, bookedFen, derivedFen } = difference;
      return [accountId, check, `${formatYuan(excessFen)} above`, formatYuan(bookedFen), formatYuan(derivedFen)];
    }
    case 'fold':
      return [difference.accountId, difference.check, difference.reason, '', ''];
    case 'signature':
      return [difference.accountId ?? '', difference.check, difference.what, difference.reason, ''];
    case 'trial-balance': {
      const { check, of, ledgerAccount, bookedFen, derivedFen } = difference;
      return ['(all)', check, `${ledgerAccount ?? 'total'} of ${of}`, formatYuan(bookedFen), formatYuan(derivedFen)];
    }
  }
}

export function trialBalanceLines({ tenantId, asOf, lines, totalFen, differences }: TrialBalanceReport): string[] {
  const verdict =
    totalFen === 0 && differences.length === 0
      ? ['balanced']
      : [
          ...(totalFen === 0 ? [] : [`NOT BALANCED: ${formatYuan(totalFen)} over`]),
          ...differences.map(
            ({ accountId, ledgerAccount, balanceFen, postedFen }) =>
              `DIFFERENCE: ${accountId} ${ledgerAccount}: balance ${formatYuan(balanceFen)}, postings ${formatYuan(postedFen)}`,
          ),
        ];
  const title = `trial balance of ${tenantId}, ${asOf === null ? 'all postings' : `as of ${asOf}`}`;
  return [title, '', ...balanceLines(lines), '', ...verdict];
}

function balanceLines(lines: readonly { ledgerAccount: LedgerAccount; amountFen: Fen }[]): string[] {
  const sum = (sign: 1 | -1) => lines.reduce((total, { amountFen }) => total + Math.max(0, sign * amountFen), 0);
  const rows = lines.map(({ ledgerAccount, amountFen }) => [
    ledgerAccount,
    amountFen > 0 ? formatYuan(amountFen) : '',
    amountFen < 0 ? formatYuan(-amountFen) : '',
  ]);
  return alignedLines(
    [['ledger account', 'debit', 'credit'], ...rows, ['total', formatYuan(sum(1)), formatYuan(sum(-1))]],
    1,
  );
}

export function statementLines(report: AccountStatementReport): string[] {
  const { tenantId, accountId, from, to, opening, entries, closing } = report;
  // A receivable that nothing ever touched needs no column of zeros, but one column there is.
  const touched = (Object.keys(closing) as LedgerAccount[]).filter((account) =>
    [opening, ...entries.map(({ receivables }) => receivables)].some((balances) => (balances[account] ?? 0) !== 0),
  );
  const columns: LedgerAccount[] = touched.length > 0 ? touched : ['principal-receivable'];
  const balances = (of: Receivables) => columns.map((account) => formatYuan(of[account] ?? 0));
  const rows = entries.flatMap(({ valueDate, businessKey, revision, lines, receivables }) =>
    lines.map(({ account, amountFen }, index) => [
      ...(index === 0 ? [valueDate, revision === 1 ? businessKey : `${businessKey} (${revision})`] : ['', '']),
      account,
      formatYuan(amountFen),
      ...(index === lines.length - 1 ? balances(receivables) : columns.map(() => '')),
    ]),
  );
  const range = [from === null ? '' : ` from ${from}`, to === null ? '' : ` to ${to}`].join('');
  return [
    `entries of ${accountId}, ${tenantId}${range}`,
    '',
    ...alignedLines(
      [
        ['date', 'entry', 'line', 'amount', ...columns],
        ['', 'opening', '', '', ...balances(opening)],
        ...rows,
        ['', 'closing', '', '', ...balances(closing)],
      ],
      3,
    ),
  ];
}

export function payoffLines({ tenantId, accountId, on, stage, ...quote }: PayoffReport): string[] {
  const rows: [string, Fen][] = [
    ['principal', quote.principalFen],
    ['interest', quote.interestFen],
    ['penalty', quote.penaltyFen],
    ['fee', quote.feeFen],
    ['credit', -quote.creditFen],
    ...(quote.recoverableFen > 0 ? [['written off', quote.recoverableFen] as [string, Fen]] : []),
    ['total', quote.totalFen],
  ];
  const cells = rows.map(([name, amountFen]) => [name, formatYuan(amountFen)]);
  return [`payoff of ${accountId}, ${tenantId}, on ${on} (${stage})`, '', ...alignedLines(cells, 1)];
}
