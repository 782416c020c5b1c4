/** Books from before there were signatures: taken over once, as they were found, and never silently later. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Pool } from 'pg';
import { auditSignatures } from '../../../src/activities/evidence/auditSignatures';
import { takeOverBooks } from '../../../src/activities/evidence/takeOverBooks';
import { recordFact } from '../../../src/db/credit/facts';
import { bookEntries } from '../../../src/db/ledger/journal';
import { migrate } from '../../../src/db/migrate';
import { MIGRATIONS } from '../../../src/db/migrations';
import { findApiKey, insertApiKey } from '../../../src/db/operations/apiKeys';
import { createPool } from '../../../src/db/pool';
import { prepareDatabase } from '../../../src/db/roles/prepareDatabase';
import { inRepeatableRead } from '../../../src/db/snapshot';
import { inTransaction } from '../../../src/db/transaction';
import { BOOKS, createTestDatabase, type TestDatabase } from '../../setup/environment';
import { entry, TERMS } from '../testDatabase';

const SETTINGS = { max: 2, applicationName: 'creditloom-test', statementTimeoutMs: 15_000, books: BOOKS };
const HASH = 'ab'.repeat(32);
let database: TestDatabase;
let owner: Pool;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = createPool({ ...SETTINGS, connectionString: database.ownerUrl });
  await owner.query('drop schema public cascade; create schema public');
  const before = MIGRATIONS.findIndex(({ name }) => name === '054_roles');
  await migrate(database.ownerUrl, MIGRATIONS.slice(0, before));
  await owner.query(`
    insert into tenant (tenant_id, name) values ('t', 'T');
    insert into policy_version (tenant_id, version, effective_from, body) values ('t', 'v', '2026-01-01', '{}');
    insert into borrower (tenant_id, borrower_id) values ('t', 'b');
    insert into vault_identity (tenant_id, borrower_id, phone_encrypted, key_id) values ('t', 'b', '\\x00ff', 'k1');
    insert into application (tenant_id, application_id, borrower_id, product, requested_fen, facts, stage,
      received_at_ms, changed_at_ms) values ('t', 'a', 'b', 'cash-loan', 1, '{}', 'offered', 0, 0);
    insert into credit_account (tenant_id, account_id, borrower_id, application_id, acceptance_key, acceptance_hash,
      product, terms, policy_version, lender_of_record, opened_at_ms)
      values ('t', 'old', 'b', 'a', 'k1', 'h', 'cash-loan', '${JSON.stringify(TERMS)}', 'v', 'L', 0),
        ('t', 'bare', 'b', 'a', 'k2', 'h', 'cash-loan', '${JSON.stringify(TERMS)}', 'v', 'L', 0);
    insert into account_fact (tenant_id, account_id, business_key, kind, value_date, body, input_hash, arrived_at_ms)
      values ('t', 'old', 'disbursed', 'disbursed', '2026-03-02',
        '{"kind": "disbursed", "key": "disbursed", "valueDate": "2026-03-02"}', 'x', 0);
    with entry as (insert into journal_entry (tenant_id, account_id, business_key, revision, kind, value_date,
      content_hash, booked_at_ms) values ('t', 'old', 'disbursement', 1, 'disbursement', '2026-03-02', 'x', 0)
      returning entry_id)
    insert into posting select 't', 'old', entry_id, line, case line when 1 then 'funding' else 'principal-receivable' end,
      case line when 1 then -5 else 5 end from entry, generate_series(1, 2) line;
    insert into mandate_change (tenant_id, account_id, change_id, mandate_id, agreed_on, decided_by, content_hash, at_ms)
      values ('t', 'old', 'm1', 'mandate-1', '2026-03-02', 'borrower', 'x', 0);
    update credit_account set mandate_id = 'mandate-1' where account_id = 'old';
    insert into api_key (tenant_id, key_id, key_hash, scopes, label, principal) values ('t', 'shop', '${HASH}', '{}', 'shop', 'system:shop');
    insert into incident (tenant_id, incident_id, dedupe_key, measures, reason_code, remedy_channel, opened_by_kind,
      opened_by, opened_at_ms) values ('t', 'i', 'd', '{notices}', 'SEEN_BEFORE', 'hotline', 'person', 'staff-1', 0);
    insert into incident_event (tenant_id, incident_id, event_key, kind, at_ms, by, body)
      values ('t', 'i', 'opened', 'opened', 0, 'staff-1', '{}');
    select append_evidence('t', '[{"kind": "incident-decision", "subjectKind": "incident", "subjectId": "i", "body": {},
      "bodyHash": "${HASH}", "atMs": 1}]')`);
  await prepareDatabase({ ownerUrl: database.ownerUrl, applicationUrl: database.url, apiUrl: database.apiUrl });
  pool = createPool({ ...SETTINGS, connectionString: database.url });
}, 60_000);
afterAll(async () => {
  await pool?.end();
  await owner?.end();
  await database?.drop();
});

async function audit() {
  const { findings, ...rest } = await inRepeatableRead(pool, (client) => auditSignatures(client, { tenantId: 't' }));
  return { ...rest, findings: findings.map(({ finding, what, detail }) => `${finding} ${what}: ${detail}`) };
}

async function byOwner(statement: string): Promise<void> {
  const client = await owner.connect();
  await client.query("set session_replication_role = 'replica'");
  await client.query(statement);
  await client.query("set session_replication_role = 'origin'");
  client.release();
}

test('are findings until they are taken over, and none afterwards; it waits for nobody who still writes', async () => {
  expect((await audit()).findings.length).toBeGreaterThan(7);
  expect(await findApiKey(pool, { keyHash: HASH })).toBeUndefined();
  const worker = createPool({ ...SETTINGS, connectionString: database.url, applicationName: 'creditloom-worker' });
  await worker.query('select 1');
  await expect(takeOverBooks(owner, { foundOn: '2026-03-02', report: () => undefined })).rejects.toThrow(
    /^creditloom-worker of this database run: stop/,
  );
  expect((await audit()).takenOver).toBe(0);
  await worker.end();
  const lines: string[] = [];
  await takeOverBooks(owner, { foundOn: '2026-03-02', report: (line) => lines.push(line) });
  expect(lines).toEqual([
    expect.stringMatching(/^t: \d+ rows, of them 2 accounts, were taken over as found on 2026-03-02$/),
  ]);
  expect(await audit()).toMatchObject({ accounts: 2, takenOver: 1, findings: [], takenOverOn: expect.any(String) });
  expect(await findApiKey(pool, { keyHash: HASH })).toMatchObject({ keyId: 'shop' });
});

test('go on as chains: what comes later is signed, on accounts with rows of before and without', async () => {
  const fact = { kind: 'paid', key: 'payment/p', valueDate: '2026-04-02', amountFen: 5, intent: 'instalment' } as const;
  for (const accountId of ['old', 'bare']) {
    await inTransaction(pool, async (client) => {
      await recordFact(client, { tenantId: 't', accountId, fact, arrivedAtMs: 1 });
      await bookEntries(client, { tenantId: 't', accountId, entries: [entry('later', 7)], bookedAtMs: 1 });
    });
  }
  expect((await audit()).findings).toEqual([]);
});

test('are never taken over again: a row without a signature is a finding, also after another prepare', async () => {
  await pool.query(
    `insert into account_fact (tenant_id, account_id, business_key, kind, value_date, body, input_hash, arrived_at_ms)
     select tenant_id, 'bare', 'late', kind, value_date, body, input_hash, 0 from account_fact where business_key = 'disbursed'`,
  );
  const lines: string[] = [];
  await takeOverBooks(owner, { foundOn: '2026-03-02', report: (line) => lines.push(line) });
  expect(lines).toEqual([]);
  expect((await audit()).findings).toEqual(['inserted account bare: fact late bears no signature of this system']);
  await byOwner(`delete from account_fact where business_key = 'late'`);
});

test.each([
  [
    'a fact',
    `update account_fact set body = body || '{"x": 1}' where business_key = 'disbursed'`,
    'account old: of what',
  ],
  ['a line', `update posting set amount_fen = amount_fen * 2 where account_id = 'old'`, 'account old: '],
  ['an event', `update incident_event set by = 'staff-9'`, 'tenant t: of rows taken over as found on'],
  ['a change of a mandate', `update mandate_change set agreed_on = '2026-01-01'`, 'tenant t: of rows taken over'],
  ['a record', `update evidence_record set record_hash = '${'00'.repeat(32)}'`, 'record 1: '],
])('stand as they were found: %s that was changed later is named', async (_, statement, said) => {
  const tables = ['account_fact', 'posting', 'incident_event', 'mandate_change', 'evidence_record'];
  for (const table of tables) await owner.query(`create table kept_${table} as table ${table}`);
  await byOwner(statement);
  expect((await audit()).findings.join('\n')).toContain(`changed ${said}`);
  for (const table of tables) {
    const { rows } = await owner.query(
      `select string_agg(quote_ident(attname), ', ') as names from pg_attribute
        where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''`,
      [table],
    );
    const { names } = rows[0];
    await byOwner(`delete from ${table}`);
    await byOwner(`insert into ${table} (${names}) overriding system value select ${names} from kept_${table}`);
    await owner.query(`drop table kept_${table}`);
  }
  expect((await audit()).findings).toEqual([]);
});

test('of a new tenant are nothing to take over, and its keys are signed from the first on', async () => {
  await owner.query(`insert into tenant (tenant_id, name) values ('new', 'N')`);
  const lines: string[] = [];
  await takeOverBooks(owner, { foundOn: '2026-03-02', report: (line) => lines.push(line) });
  expect(lines).toEqual([]);
  const key = { tenantId: 'new', keyId: 'k', keyHash: 'cd'.repeat(32), scopes: [], label: 'x' };
  await inTransaction(pool, (client) => insertApiKey(client, key));
  const found = await inRepeatableRead(pool, (client) => auditSignatures(client, { tenantId: 'new' }));
  expect(found).toMatchObject({ findings: [], takenOver: 0 });
});
