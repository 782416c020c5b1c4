/**
 * Payments a second: one on each of many cash loans, once through the activity and once by pgbench with the statements
 * that the activity sends, on as many other loans of the same terms. In turns, so that a ratio is of one moment.
 */
import { deepStrictEqual } from 'node:assert';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { planSchedule } from '../../../domain/credit/cashLoan/schedule';
import { addMonthsClamped } from '../../../domain/values/calendar';
import type { Report } from '../../../platform/provision';
import { type Database, learnTables } from '../servers';
import { secondsSince } from '../stopwatch';
import { type Advance, advanceOn, forEach, LOAN_TERMS, noonOf, openBenchAccount, TENANT } from './openAccounts';
import { runPgbench } from './pgbench';
import { type PgbenchScript, pgbenchScriptOf, type Recording } from './pgbenchScript';
import { recordingPool } from './recording';

export interface PostsOptions {
  /** Undefined: the activity alone is measured. */
  pgbench: string | undefined;
  env: NodeJS.ProcessEnv;
  connections: number;
  /** Loans of each connection. */
  share: number;
  report: Report;
}

export interface PostsMeasured {
  postsPerSecond: number;
  pgbenchPerSecond: number | undefined;
  statements: number;
}

const PAID_ON = addMonthsClamped(LOAN_TERMS.startDate, 1);

export class PostsBench {
  private readonly advance: Advance;
  /** Loans have the numbers after this one: seven digits, which no amount of their steps has. */
  private last = 7_000_000;
  private script: PgbenchScript | undefined;
  private rounds = 0;

  constructor(
    private readonly database: Database,
    private readonly options: PostsOptions,
  ) {
    this.advance = advanceOn(database.pool);
  }

  /** One repetition; who comes first changes with each. Throws when pgbench left other books than the activity. */
  async measure(): Promise<PostsMeasured> {
    const { pgbench, connections, share } = this.options;
    this.rounds += 1;
    this.script ??= pgbenchScriptOf(await this.record(), await this.record());
    const { script } = this;
    const mine = await this.open(connections * share);
    const theirs = pgbench === undefined ? [] : await this.open(connections * share);
    await learnTables(this.database.pool);
    const statements = script.text.split(';\n').length - 1;
    if (pgbench === undefined)
      return { postsPerSecond: await this.post(mine), pgbenchPerSecond: undefined, statements };
    const yardstick = () => this.runPgbench(pgbench, script, theirs);
    let pgbenchPerSecond = this.rounds % 2 === 0 ? await yardstick() : 0;
    const postsPerSecond = await this.post(mine);
    if (this.rounds % 2 === 1) pgbenchPerSecond = await yardstick();
    await this.compare(mine, theirs);
    return { postsPerSecond, pgbenchPerSecond, statements };
  }

  private async post(accounts: readonly string[]): Promise<number> {
    const startedAt = performance.now();
    await forEach(accounts, this.options.connections, (accountId) => pay(this.advance, accountId));
    return accounts.length / secondsSince(startedAt);
  }

  private runPgbench(executable: string, script: PgbenchScript, accounts: readonly string[]): Promise<number> {
    const { env, connections, share, report } = this.options;
    const { url, folder } = this.database;
    const scriptFile = join(folder, 'posts.pgbench');
    writeFileSync(scriptFile, script.text, { mode: 0o600 });
    const run = { executable, env, url, scriptFile, variables: script.variables, report };
    return runPgbench({ ...run, clients: connections, share, first: Number(accounts[0]) - 1 });
  }

  /** The step of one more loan, and the statements that it sent. */
  private async record(): Promise<Recording> {
    const [accountId = ''] = await this.open(1);
    const { pool, sent } = recordingPool(this.database.pool);
    const advance = advanceOn(pool);
    // The first step of an activity reads the policy, and then knows it: that is no part of a payment.
    await advance({ tenantId: TENANT, accountId, asOfMs: noonOf(LOAN_TERMS.startDate), arrivals: [] });
    sent.length = 0;
    await pay(advance, accountId);
    return { accountId, sent: [...sent] };
  }

  private async open(count: number): Promise<string[]> {
    const accounts = Array.from({ length: count }, () => String(++this.last));
    const { pool } = this.database;
    await forEach(accounts, this.options.connections, (accountId) =>
      openBenchAccount(pool, this.advance, accountId, LOAN_TERMS),
    );
    return accounts;
  }

  private async compare(mine: readonly string[], theirs: readonly string[]): Promise<void> {
    const [booked, expected] = await Promise.all([theirs, mine].map((ids) => booksOf(this.database.pool, ids)));
    deepStrictEqual(booked, expected, 'pgbench and the activity have left different books');
  }
}

async function pay(advance: Advance, accountId: string): Promise<void> {
  const [first] = planSchedule(LOAN_TERMS);
  if (!first) throw new Error('a loan has a first instalment');
  const amountFen = first.principalFen + first.interestFen;
  const payment = { paymentId: 'first', amountFen, paidOn: PAID_ON, intent: 'instalment' as const };
  await advance({ tenantId: TENANT, accountId, asOfMs: noonOf(PAID_ON), arrivals: [{ kind: 'payment', payment }] });
}

/** What all tables that a step writes hold of the accounts, added up. */
async function booksOf(pool: Pool, accountIds: readonly string[]): Promise<unknown[]> {
  const { rows } = await pool.query(
    `select 'fact' as what, kind as of, count(*)::text as count, min(input_hash) || max(input_hash) as sum
       from account_fact where tenant_id = $1 and account_id = any($2) group by kind
     union all
     select 'posting', ledger_account, count(*)::text, sum(amount_fen)::text
       from posting where tenant_id = $1 and account_id = any($2) group by ledger_account
     union all
     select 'notice', kind || status, count(*)::text, sum(send_after_at_ms)::text
       from notice where tenant_id = $1 and account_id = any($2) group by kind, status
     union all
     select 'account', summary, count(*)::text, sum(advanced_at_ms)::text
       from credit_account where tenant_id = $1 and account_id = any($2) group by summary
     order by 1, 2`,
    [TENANT, accountIds],
  );
  return rows;
}
