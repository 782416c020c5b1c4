/** What callers make without end is removed when it is old, and never within what is promised. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { purge } from '../../../src/cli/operations/purge';
import { tellable } from '../../../src/db/errorLine';
import { purgeAllOldRows, purgeOldRows } from '../../../src/db/operations/purge';
import { DAY_MS, TENANT, useDatabase } from '../testDatabase';

const database = useDatabase();
const KEPT = { requestsDays: 90, checksDays: 400, reportsDays: 1_095, troublesDays: 180 };
const TABLES = {
  requests: 'idempotency_record',
  checks: 'code_check',
  reports: 'fraud_report',
  troubles: 'receipt_trouble',
};

/** A row of each kind, so many days old. */
async function rowsOf(days: number): Promise<void> {
  const atMs = Date.now() - days * DAY_MS;
  const hash = 'a'.repeat(64);
  const { owner: pool } = database;
  await pool.query(
    `insert into idempotency_record (tenant_id, idempotency_key, route, input_hash, state, response_status, created_at, answered_at)
     select $1, 'k-' || $2::int, 'r', 'h', 'completed', 201, at, at from (select now() - make_interval(days => $2) as at) age`,
    [TENANT, days],
  );
  await pool.query(
    `insert into code_check (tenant_id, phone_hash, address_hash, at_ms, outcome) values ($1, $2, $2, $3, 'no-match')`,
    [TENANT, hash, atMs],
  );
  await pool.query(
    `insert into fraud_report (tenant_id, phone_hash, address_hash, at_ms, claimed_sender, reason, outcome)
     values ($1, $2, $2, $3, 'other', 'other', 'kept')`,
    [TENANT, hash, atMs],
  );
  await pool.query(
    `insert into receipt_trouble (tenant_id, provider, at_ms, trouble_key, reason, fault, raw_encrypted, key_id)
     values ($1, 'p', $2, 't-' || $3::int, 'unreadable', 'f', '\\x00', 'k')`,
    [TENANT, atMs, days],
  );
}

async function left(): Promise<Record<string, number>> {
  const counts = await Promise.all(
    Object.entries(TABLES).map(async ([what, table]) => {
      const { rows } = await database.pool.query<{ count: number }>(`select count(*) as count from ${table}`);
      return [what, rows[0]?.count ?? -1] as const;
    }),
  );
  return Object.fromEntries(counts);
}

beforeEach(async () => {
  // Whatever a test before left.
  await purgeAllOldRows(database.pool, { tenantId: TENANT, kept: KEPT });
});

describe('old rows', () => {
  it('are removed by kind, each at its age', async () => {
    const before = await left();
    for (const days of [1, 100, 200, 500, 1_200]) await rowsOf(days);
    const kept = { requestsDays: 90, checksDays: 400, reportsDays: 1_095, troublesDays: 180 };
    expect(await purgeAllOldRows(database.pool, { tenantId: TENANT, kept })).toEqual({
      requests: 4,
      checks: 2,
      reports: 1,
      troubles: 3,
    });
    expect(await left()).toEqual({
      requests: (before.requests ?? 0) + 1,
      checks: (before.checks ?? 0) + 3,
      reports: (before.reports ?? 0) + 4,
      troubles: (before.troubles ?? 0) + 2,
    });
    expect(await purgeAllOldRows(database.pool, { tenantId: 'another', kept })).toEqual({
      requests: 0,
      checks: 0,
      reports: 0,
      troubles: 0,
    });
  });

  it('are taken a few at a time, the oldest first', async () => {
    for (const days of [2_001, 2_000]) await rowsOf(days);
    const once = await purgeOldRows(database.pool, { tenantId: TENANT, kept: KEPT, most: 1 });
    expect(once).toEqual({ requests: 1, checks: 1, reports: 1, troubles: 1 });
    const { rows } = await database.pool.query(
      `select idempotency_key from idempotency_record where idempotency_key like 'k-200_'`,
    );
    expect(rows).toEqual([{ idempotency_key: 'k-2000' }]);
  });

  it('within a promise stay, whatever is asked for', async () => {
    await rowsOf(29);
    const nothing = { requestsDays: 0, checksDays: 0, reportsDays: 0, troublesDays: -99 };
    await purgeAllOldRows(database.pool, { tenantId: TENANT, kept: nothing });
    const { rows } = await database.pool.query(
      `select (select count(*) from idempotency_record where idempotency_key = 'k-29') as requests,
         (select count(*) from receipt_trouble where trouble_key = 't-29') as troubles,
         (select count(*) from code_check where at_ms > $1) as checks,
         (select count(*) from fraud_report where at_ms > $1) as reports`,
      [Date.now() - 59 * DAY_MS],
    );
    expect(rows[0]).toMatchObject({ requests: 1, troubles: 1 });
    expect(rows[0]?.checks).toBeGreaterThan(0);
    expect(rows[0]?.reports).toBeGreaterThan(0);
  });

  it('whose answer is young stay: a refusal that was judged anew is promised anew', async () => {
    await rowsOf(300);
    await database.pool.query(`update idempotency_record set answered_at = now() where idempotency_key = 'k-300'`);
    expect(await purgeAllOldRows(database.pool, { tenantId: TENANT, kept: KEPT })).toMatchObject({ requests: 0 });
  });

  it('of what is append-only go by the function alone', async () => {
    await rowsOf(3);
    const { pool } = database;
    for (const table of ['code_check', 'fraud_report']) {
      const own = await pool.query(`delete from ${table}`).catch((error: Error) => error);
      expect(tellable(own)).toContain('permission denied');
      const removed = await database.owner.query(`delete from ${table}`).catch((error: Error) => error);
      expect(tellable(removed)).toContain('a rule of the table forbids it');
      const changed = await database.owner.query(`update ${table} set at_ms = 0`).catch((error: Error) => error);
      expect(tellable(changed)).toContain('a rule of the table forbids it');
    }
    // What the function says to the trigger ends with it.
    await purgeAllOldRows(pool, { tenantId: TENANT, kept: KEPT });
    const { rows } = await pool.query(`select current_setting('creditloom.purging', true) as purging`);
    expect(rows[0]?.purging).not.toBe('on');
  });
});

it('the command says what it removed', async () => {
  await rowsOf(3_000);
  let text = '';
  const run = (...words: string[]) =>
    purge(words, {
      settings: { DATABASE_URL: database.url, TENANT_ID: TENANT },
      write: (written) => {
        text += written;
      },
      report: () => undefined,
    });
  expect(await run()).toBe(0);
  expect(text).toBe('removed: 1 requests, 1 checks, 1 reports, 1 troubles\n');
  text = '';
  expect(await run('--json')).toBe(0);
  expect(JSON.parse(text)).toEqual({
    tenantId: TENANT,
    kept: { ...KEPT, refusalsHours: 24 },
    purged: { requests: 0, checks: 0, reports: 0, troubles: 0 },
  });
  await expect(run('--tenant', 'nobody')).rejects.toThrow('there is no tenant nobody here');
});
