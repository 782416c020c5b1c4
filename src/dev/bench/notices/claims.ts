/**
 * What a claim of due notices takes with few others planned in the outbox, and with very many: two databases of one
 * server, alike but for those, and claims in turns. A claim is rolled back, so that each finds the same.
 */
import type { Pool, PoolClient } from 'pg';
import { claimDue } from '../../../db/messaging/outbox/notices';
import { createPool } from '../../../db/pool';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../../domain/values/timeUnits';
import type { Report } from '../../../platform/provision';
import { advanceOn, forEach, LOAN_TERMS, noonOf, openBenchAccount, seedLedger, TENANT } from '../ledger/openAccounts';
import { asOwner, BOOKS, type Database, learnTables, POOL_SIZE, prepareForBench } from '../servers';
import { LANES } from './dueNotices';

export interface Claims {
  /** Milliseconds of each claim. */
  fewMs: number[];
  manyMs: number[];
}

export interface ClaimsOptions {
  /** Other planned notices in the outbox that is full. */
  planned: number;
  report: Report;
}

export const FEW_PLANNED = 1_000;
const CLAIMS = 100;
const WARM_UP = 20;
/** As a sweep takes them. */
const BATCH = 50;
/** Each with a notice that is due, all in one lane. */
const LOANS = 100;
const SWEEP_AT_MS = noonOf(LOAN_TERMS.startDate) + MINUTE_MS;
/** Over which the others are spread. */
const MONTHS_AHEAD_S = (180 * DAY_MS) / SECOND_MS;
/** Coprime to the seconds of those months: neighbours in the table are strangers in time. */
const STRIDE_S = 7_368_787;
/** A million rows with all their indexes take longer than a product's statement may. */
const FILLING_MS = 600_000;

export async function measureClaims(database: Database, { planned, report }: ClaimsOptions): Promise<Claims> {
  report(`notices: ${planned} planned notices are put into an outbox, and ${FEW_PLANNED} into another`);
  const few = await openOutbox(database, 'few_planned', FEW_PLANNED);
  try {
    const many = await openOutbox(database, 'many_planned', planned);
    try {
      return await inTurns(few, many);
    } finally {
      await many.end();
    }
  } finally {
    await few.end();
  }
}

/** A database of its own, with loans, their notices, and so many others. */
async function openOutbox({ ownerUrl }: Database, name: string, planned: number): Promise<Pool> {
  await asOwner(ownerUrl, [`create database ${name}`]);
  const address = new URL(ownerUrl);
  address.pathname = `/${name}`;
  const connectionString = await prepareForBench(address.href);
  const settings = { max: POOL_SIZE, applicationName: 'creditloom-bench-claims', statementTimeoutMs: FILLING_MS };
  const pool = createPool({ connectionString, books: BOOKS, ...settings });
  try {
    await seedLedger(pool);
    const advance = advanceOn(pool);
    const accounts = Array.from({ length: LOANS }, (_, number) => `claim-loan-${number}`);
    await forEach(accounts, POOL_SIZE, (accountId) => openBenchAccount(pool, advance, accountId, LOAN_TERMS));
    await plan(pool, planned);
    await learnTables(pool);
    await asOwner(address.href, ['checkpoint']);
    return pool;
  } catch (error) {
    await pool.end();
    throw error;
  }
}

/** Copies of the reminders that the loans have, over the lanes and the next months. */
async function plan(pool: Pool, count: number): Promise<void> {
  const { rowCount } = await pool.query(
    `with model as (
       select *, row_number() over (order by account_id, dedupe_key) - 1 as place, count(*) over () as models
         from notice where tenant_id = $1 and status = 'planned' and send_after_at_ms > $2
     )
     insert into notice (tenant_id, account_id, borrower_id, lane, kind, dedupe_key, obligation_key, send_after_at_ms,
       expires_at_ms, priority, planned_on)
     select tenant_id, account_id, borrower_id, number % $4, kind, 'copy-' || number, obligation_key,
       $2 + 1000 * (1 + number * $6 % $5), $2 + 1000 * (1 + number * $6 % $5) + expires_at_ms - send_after_at_ms,
       priority, planned_on
       from generate_series(1, $3::bigint) number join model on place = number % models`,
    [TENANT, SWEEP_AT_MS, count, LANES, MONTHS_AHEAD_S, STRIDE_S],
  );
  if (rowCount !== count) throw new Error(`${rowCount} notices were planned, not ${count}`);
}

async function inTurns(few: Pool, many: Pool): Promise<Claims> {
  const [ofFew, ofMany] = [await few.connect(), await many.connect()];
  const claims: Claims = { fewMs: [], manyMs: [] };
  try {
    for (let number = 0; number < WARM_UP + CLAIMS; number++) {
      const fewFirst = number % 2 === 0;
      const first = await claim(fewFirst ? ofFew : ofMany);
      const second = await claim(fewFirst ? ofMany : ofFew);
      if (number < WARM_UP) continue;
      claims.fewMs.push(fewFirst ? first : second);
      claims.manyMs.push(fewFirst ? second : first);
    }
    return claims;
  } finally {
    ofFew.release();
    ofMany.release();
  }
}

/** Milliseconds of the claim alone. */
async function claim(client: PoolClient): Promise<number> {
  await client.query('begin');
  const startedAt = performance.now();
  const due = await claimDue(client, { tenantId: TENANT, lane: 0, asOfMs: SWEEP_AT_MS, limit: BATCH });
  const tookMs = performance.now() - startedAt;
  await client.query('rollback');
  if (due.length !== BATCH) throw new Error(`${due.length} notices were due, not ${BATCH}`);
  return tookMs;
}
