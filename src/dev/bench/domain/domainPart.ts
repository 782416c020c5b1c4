/**
 * What domain code alone costs: the fold of a thousand facts, and a month of whole lives. No server. Figures are medians
 * of many runs, in time of the processor and not of the wall: on a machine that others share, a fold of a millisecond
 * waits longer for the processor than it has it. What the process collects of its garbage meanwhile is in it.
 */
import { deriveCashLoan } from '../../../domain/credit/cashLoan/cashLoan';
import { deriveRevolving } from '../../../domain/credit/revolving/revolving';
import { defaultPolicy } from '../../../domain/policy/defaultPolicy';
import { atMost, type Measured } from '../result';
import { spreadOf } from '../statistics';
import { longCashLoan, longRevolving } from './longLives';
import { cashLoanLives, checkLife, REVOLVING_MONTHS, revolvingLives, type SimulatedLife } from './simulatedLives';

export interface DomainOptions {
  repetitions: number;
  report(line: string): void;
}

interface DomainRow {
  revolvingFoldMs: number;
  cashLoanFoldMs: number;
  revolving: LivesCost;
  cashLoan: LivesCost;
}

/** Account-months of lives, and what they took together. */
interface LivesCost {
  months: number;
  ms: number;
}

const FACTS = 1_000;
const FOLDS_OF_A_REPETITION = 60;
const RUNS_OF_A_LIFE = 9;
const LIVES_OF_A_HABIT = 6;
const FOLD_MS = 5;
const MONTH_MICROSECONDS = 50;

export function measureDomain({ repetitions, report }: DomainOptions): Measured {
  const lives = {
    revolving: revolvingLives(LIVES_OF_A_HABIT, defaultPolicy),
    cashLoan: cashLoanLives(LIVES_OF_A_HABIT, defaultPolicy),
  };
  for (const life of [...lives.revolving, ...lives.cashLoan]) checkLife(life, defaultPolicy);
  const folds = longFolds();
  const rows: DomainRow[] = [];
  // Number 0 warms up: it is when the code is compiled.
  for (let number = 0; number <= repetitions; number++) {
    const row = {
      revolvingFoldMs: medianMs(folds.revolving, FOLDS_OF_A_REPETITION),
      cashLoanFoldMs: medianMs(folds.cashLoan, FOLDS_OF_A_REPETITION),
      revolving: costOf(lives.revolving),
      cashLoan: costOf(lives.cashLoan),
    };
    const { revolving, cashLoan } = row;
    const words = number === 0 ? 'warm-up' : `repetition ${number} of ${repetitions}`;
    const months = [revolving, cashLoan].map((cost) => microsecondsOf(cost).toFixed(1));
    report(`domain, ${words}: a revolving month ${months[0]} µs, a cash-loan month ${months[1]} µs`);
    if (number > 0) rows.push(row);
  }
  return measuredOf(rows, {
    domainFacts: FACTS,
    domainLives: lives.revolving.length + lives.cashLoan.length,
    domainRevolvingMonths: REVOLVING_MONTHS,
  });
}

function measuredOf(rows: readonly DomainRow[], load: Record<string, number>): Measured {
  const spread = (of: (row: DomainRow) => number) => spreadOf(rows.map(of));
  const figures = {
    revolvingFoldMs: spread((row) => row.revolvingFoldMs),
    cashLoanFoldMs: spread((row) => row.cashLoanFoldMs),
    revolvingMonthMicroseconds: spread(({ revolving }) => microsecondsOf(revolving)),
    cashLoanMonthMicroseconds: spread(({ cashLoan }) => microsecondsOf(cashLoan)),
    accountMonthMicroseconds: spread(({ revolving, cashLoan }) =>
      microsecondsOf({ months: revolving.months + cashLoan.months, ms: revolving.ms + cashLoan.ms }),
    ),
  };
  const { revolvingFoldMs, cashLoanFoldMs, accountMonthMicroseconds } = figures;
  return {
    machine: {},
    load,
    figures,
    goals: [
      atMost(`ms of a fold of ${FACTS} facts, revolving account`, revolvingFoldMs.median, FOLD_MS),
      atMost(`ms of a fold of ${FACTS} facts, cash loan with prepayments`, cashLoanFoldMs.median, FOLD_MS),
      atMost('µs of an account-month of simulated whole lives', accountMonthMicroseconds.median, MONTH_MICROSECONDS),
    ],
  };
}

function longFolds(): { revolving(): void; cashLoan(): void } {
  const revolving = { ...longRevolving(FACTS), issued: [], policy: defaultPolicy.revolving };
  const cashLoan = { ...longCashLoan(FACTS, defaultPolicy), policy: defaultPolicy.cashLoan };
  return { revolving: () => deriveRevolving(revolving), cashLoan: () => deriveCashLoan(cashLoan) };
}

/** Each life by its own median: lives differ, and one that was interrupted must not count as a long one. */
function costOf(lives: readonly SimulatedLife[]): LivesCost {
  const cost = { months: 0, ms: 0 };
  for (const { live } of lives) {
    cost.months += live().months;
    cost.ms += medianMs(live, RUNS_OF_A_LIFE);
  }
  return cost;
}

function microsecondsOf({ months, ms }: LivesCost): number {
  return (ms / months) * 1_000;
}

function medianMs(run: () => unknown, times: number): number {
  const values = Array.from({ length: times }, () => {
    const before = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  });
  return spreadOf(values).median;
}
