/** The ledger's speed: payments against what PostgreSQL does with the same statements, and a late month against an early. */
import { readTrialBalance, readUnbalancedEntries } from '../../../db/ledger/trialBalance';
import { isBalanced } from '../../../domain/ledger/reconciliation';
import { describeDatabase } from '../machine';
import { atLeast, atMost, type Goal, type Measured, notMeasured } from '../result';
import { type Database, type ServersOptions, startDatabase } from '../servers';
import { spreadOf } from '../statistics';
import { type AccountMonths, EARLY_MONTH, LATE_MONTH, measureAccountMonths } from './accountMonths';
import { seedLedger, TENANT } from './openAccounts';
import { findPgbench, HOW_TO_GET, type Pgbench } from './pgbench';
import { PostsBench, type PostsMeasured } from './posts';

export interface LedgerOptions extends ServersOptions {
  repetitions: number;
  /** Connections of the pool, steps at the same time, and clients of pgbench. */
  connections: number;
  /** Payments of a repetition, rounded down to as many for each connection. */
  payments: number;
  /** Revolving accounts of each age. */
  accountsOfAnAge: number;
}

const POSTS_TO_PGBENCH = 0.3;
const LATE_TO_EARLY = 1.3;
const POSTS_GOAL = 'payments through the activity to pgbench with the same statements';

/** Rejects with the reason when `interrupted` does; what it started is stopped in every case. */
export async function measureLedger(options: LedgerOptions, interrupted: Promise<never>): Promise<Measured> {
  const database = await startDatabase(options, options.connections);
  try {
    return await Promise.race([measure(database, options), interrupted]);
  } finally {
    await database.stop();
  }
}

async function measure(database: Database, options: LedgerOptions): Promise<Measured> {
  const { connections, report, accountsOfAnAge } = options;
  await seedLedger(database.pool);
  const pgbench = await findPgbench(options.childEnv, report);
  report(`ledger: ${pgbench?.version ?? HOW_TO_GET}`);
  const posts = await measurePosts(database, options, pgbench);
  report(`ledger: ${accountsOfAnAge} accounts live ${LATE_MONTH} months`);
  const months = await measureAccountMonths(database.pool, { accounts: accountsOfAnAge, connections });
  await checkBooks(database);
  const measuredPosts = postsOf(posts);
  const measuredMonths = monthsOf(months);
  return {
    machine: { ...(await describeDatabase(database.pool)), ...(pgbench && { pgbench: pgbench.version }) },
    load: {
      ledgerConnections: connections,
      ledgerPayments: sharesOf(options) * connections,
      ledgerStatementsOfAPayment: posts[0]?.statements ?? 0,
      ledgerAccountsOfAnAge: accountsOfAnAge,
    },
    figures: { ...measuredPosts.figures, ...measuredMonths.figures },
    goals: [measuredPosts.goal, measuredMonths.goal],
  };
}

function sharesOf({ payments, connections }: LedgerOptions): number {
  return Math.max(1, Math.floor(payments / connections));
}

async function measurePosts(
  database: Database,
  options: LedgerOptions,
  pgbench: Pgbench | undefined,
): Promise<PostsMeasured[]> {
  const { repetitions, connections, childEnv: env, report } = options;
  const bench = new PostsBench(database, {
    pgbench: pgbench?.executable,
    env,
    connections,
    share: sharesOf(options),
    report,
  });
  const measured: PostsMeasured[] = [];
  // Number 0 warms up.
  for (let number = 0; number <= repetitions; number++) {
    const one = await bench.measure();
    const words = number === 0 ? 'warm-up' : `repetition ${number} of ${repetitions}`;
    const yardstick = one.pgbenchPerSecond === undefined ? '' : `, pgbench ${one.pgbenchPerSecond.toFixed(1)}/s`;
    report(`ledger, ${words}: payments ${one.postsPerSecond.toFixed(1)}/s${yardstick}`);
    if (number > 0) measured.push(one);
  }
  return measured;
}

/** Figures and goal of the payments; without pgbench there is no ratio, and none is made up. */
export function postsOf(measured: readonly PostsMeasured[]): { figures: Measured['figures']; goal: Goal } {
  const postsPerSecond = spreadOf(measured.map((each) => each.postsPerSecond));
  const both = measured.flatMap(({ pgbenchPerSecond, ...each }) =>
    pgbenchPerSecond === undefined ? [] : [{ ...each, pgbenchPerSecond }],
  );
  if (both.length === 0) {
    return { figures: { postsPerSecond }, goal: notMeasured(POSTS_GOAL, `at least ${POSTS_TO_PGBENCH}`, HOW_TO_GET) };
  }
  const pgbenchPerSecond = spreadOf(both.map((each) => each.pgbenchPerSecond));
  const postsToPgbench = spreadOf(both.map((each) => each.postsPerSecond / each.pgbenchPerSecond));
  return {
    figures: { postsPerSecond, pgbenchPerSecond, postsToPgbench },
    goal: atLeast(POSTS_GOAL, postsToPgbench.median, POSTS_TO_PGBENCH),
  };
}

/**
 * Figures and goal of the months. What a month costs is the sum over its steps, each by the median of its accounts: a
 * step that waited for the machine must not count for the month it was in.
 */
export function monthsOf({ late, early }: AccountMonths): { figures: Measured['figures']; goal: Goal } {
  const [lateSteps, earlySteps] = [byStep(late), byStep(early)];
  const ratio = sumOf(lateSteps) / sumOf(earlySteps);
  return {
    figures: {
      [`month${LATE_MONTH}StepMs`]: spreadOf(lateSteps),
      [`month${EARLY_MONTH}StepMs`]: spreadOf(earlySteps),
      [`month${LATE_MONTH}Ms`]: spreadOf([sumOf(lateSteps)]),
      [`month${EARLY_MONTH}Ms`]: spreadOf([sumOf(earlySteps)]),
      lateMonthToEarly: spreadOf([ratio]),
    },
    goal: atMost(`steps of month ${LATE_MONTH} to those of month ${EARLY_MONTH}`, ratio, LATE_TO_EARLY),
  };
}

/** The median of each step over the accounts, in the order of the month. Throws when their months have other steps. */
function byStep(months: readonly number[][]): number[] {
  const [first = []] = months;
  if (months.some(({ length }) => length !== first.length)) throw new Error('accounts of an age lived unlike months');
  return first.map((_, index) => spreadOf(months.map((month) => month[index] ?? 0)).median);
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

async function checkBooks({ pool }: Database): Promise<void> {
  const trial = await readTrialBalance(pool, { tenantId: TENANT });
  const unbalanced = await readUnbalancedEntries(pool, { tenantId: TENANT });
  if (!isBalanced(trial, unbalanced)) {
    throw new Error(`the books of ${TENANT} do not balance: ${JSON.stringify({ trial, unbalanced })}`);
  }
}
