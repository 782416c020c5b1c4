/** A database that has attempts and receipts already: what was told before the upgrade stays told, and no more. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client, type Pool } from 'pg';
import { recordReceipts } from '../../../src/db/messaging/delivery/receipts';
import { markOutcome } from '../../../src/db/messaging/outbox/noticeAttempts';
import { migrate } from '../../../src/db/migrate';
import { MIGRATIONS } from '../../../src/db/migrations';
import { createPool } from '../../../src/db/pool';
import { inTransaction } from '../../../src/db/transaction';
import { createTestDatabase, type TestDatabase } from '../../setup/environment';

const CAME_WITH = '023_receipt_belonging';
const NOW_MS = Date.parse('2026-11-29T01:00:00Z');
const MINUTE_MS = 60_000;

let database: TestDatabase;
let client: Client;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  client = new Client({ connectionString: database.ownerUrl });
  await client.connect();
  await client.query('drop schema public cascade; create schema public');
  pool = createPool({
    connectionString: database.ownerUrl,
    max: 2,
    applicationName: 'upgrade',
    statementTimeoutMs: 5_000,
  });
}, 60_000);
afterAll(async () => {
  await pool?.end();
  await client?.end();
  await database?.drop();
});

const notice = (number: number) => `00000000-0000-4000-8000-00000000000${number}`;

/** A notice with an attempt, as statements of then and now leave it. */
async function attempt(number: number, { atMs, status, id }: { atMs: number; status: string; id?: string }) {
  await client.query(
    `insert into notice (tenant_id, notice_id, borrower_id, account_id, kind, dedupe_key, lane, priority,
       send_after_at_ms, expires_at_ms, status, template_version, text, attempted_at_ms, provider)
     values ('t', $1::uuid, 'b', 'a-1', 'due-soon', $1::uuid::text, 0, 3, $2, $2, $3, 1, 'text', $2, 'carrier')`,
    [notice(number), atMs, status],
  );
  await client.query(
    `insert into notice_attempt (tenant_id, notice_id, attempt, provider, reference, status, attempted_at_ms)
     values ('t', $1::uuid, 1, 'carrier', $1::uuid::text || '.1', $3, $2)`,
    [notice(number), atMs, status],
  );
  if (id === undefined) return;
  await client.query(
    `insert into notice_message (tenant_id, provider, provider_message_id, notice_id, attempt)
     values ('t', 'carrier', $2, $1, 1)`,
    [notice(number), id],
  );
}

const receive = (providerMessageId: string, receiptKey: string, receivedAtMs: number) =>
  inTransaction(pool, async (one) => {
    const receipt = { providerMessageId, receiptKey, receivedAtMs, status: 'delivered', body: {} } as const;
    const [result] = await recordReceipts(one, { tenantId: 't', provider: 'carrier', receipts: [receipt] });
    return result;
  });

test('what waits is ended by its receipt, and what was kept from before ends nothing of now', async () => {
  const before = MIGRATIONS.findIndex(({ name }) => name === CAME_WITH);
  await migrate(database.ownerUrl, MIGRATIONS.slice(0, before));
  await client.query(`
    insert into tenant (tenant_id, name) values ('t', 'T');
    insert into policy_version (tenant_id, version, effective_from, body) values
      ('t', 'first', '2026-01-01', '{"lenderOfRecord": "甲"}');
    insert into borrower (tenant_id, borrower_id) values ('t', 'b');
    insert into application (tenant_id, application_id, borrower_id, product, requested_fen, facts, stage,
      received_at_ms, changed_at_ms) values ('t', 'a', 'b', 'cash-loan', 1, '{}', 'offered', 0, 0);
    insert into credit_account (tenant_id, account_id, borrower_id, application_id, acceptance_key, acceptance_hash,
      product, terms, policy_version, opened_at_ms, lender_of_record) values
      ('t', 'a-1', 'b', 'a', 'k1', 'h', 'cash-loan', '{}', 'first', 0, '甲')`);
  await attempt(1, { atMs: NOW_MS - 10 * MINUTE_MS, status: 'accepted', id: 'waiting' });
  await client.query(
    `insert into receipt (tenant_id, provider, receipt_key, provider_message_id, status, received_at_ms, body) values
       ('t', 'carrier', 'kept', 'again', 'delivered', $1, '{}'), ('t', 'carrier', 'early', 'early', 'delivered', $1, '{}')`,
    [NOW_MS - MINUTE_MS],
  );
  // Its answer is still to come, and its receipt has come.
  await attempt(2, { atMs: NOW_MS - 2 * MINUTE_MS, status: 'attempted' });

  expect(await migrate(database.ownerUrl)).toEqual(MIGRATIONS.slice(before).map(({ name }) => name));
  await attempt(3, { atMs: NOW_MS, status: 'attempted' });
  for (const [number, id] of [
    [2, 'early'],
    [3, 'again'],
  ] as const) {
    const outcome = { status: 'accepted', providerMessageIds: [id], nextLookAtMs: NOW_MS } as const;
    const of = { tenantId: 't', noticeId: notice(number), attempt: 1, provider: 'carrier', atMs: NOW_MS };
    await inTransaction(pool, (one) => markOutcome(one, { ...of, outcome }));
  }
  expect(await receive('waiting', 'w', NOW_MS)).toMatchObject({ movedNoticeId: notice(1) });
  expect(await receive('early', 'early', NOW_MS)).toMatchObject({ receipt: 'repeated' });
  const { rows } = await client.query('select status from notice order by notice_id');
  expect(rows.map(({ status }) => status)).toEqual(['delivered', 'delivered', 'accepted']);
});
