/** A database that has accounts already: the upgrade tells who lent, from the policy version of each. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { migrate } from '../../../src/db/migrate';
import { MIGRATIONS } from '../../../src/db/migrations';
import { createTestDatabase, type TestDatabase } from '../../setup/environment';

const LENDER_CAME_WITH = '011_cost_sheet';

let database: TestDatabase;
let client: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  client = new Client({ connectionString: database.ownerUrl });
  await client.connect();
  await client.query('drop schema public cascade; create schema public');
}, 60_000);
afterAll(async () => {
  await client?.end();
  await database?.drop();
});

test('accounts from before have the lender of their policy version, and keep it', async () => {
  const before = MIGRATIONS.findIndex(({ name }) => name === LENDER_CAME_WITH);
  await migrate(database.ownerUrl, MIGRATIONS.slice(0, before));
  await client.query(`
    insert into tenant (tenant_id, name) values ('t', 'T');
    insert into policy_version (tenant_id, version, effective_from, body) values
      ('t', 'first', '2026-01-01', '{"lenderOfRecord": "甲"}'), ('t', 'second', '2026-02-01', '{"lenderOfRecord": "乙"}');
    insert into borrower (tenant_id, borrower_id) values ('t', 'b');
    insert into application (tenant_id, application_id, borrower_id, product, requested_fen, facts, stage,
      received_at_ms, changed_at_ms) values ('t', 'a', 'b', 'cash-loan', 1, '{}', 'offered', 0, 0);
    insert into credit_account (tenant_id, account_id, borrower_id, application_id, acceptance_key, acceptance_hash,
      product, terms, policy_version, opened_at_ms) values
      ('t', 'a-1', 'b', 'a', 'k1', 'h', 'cash-loan', '{}', 'first', 0),
      ('t', 'a-2', 'b', 'a', 'k2', 'h', 'cash-loan', '{}', 'second', 0)`);
  expect(await migrate(database.ownerUrl)).toEqual(MIGRATIONS.slice(before).map(({ name }) => name));
  const { rows } = await client.query(
    'select account_id as id, lender_of_record as lender from credit_account order by 1',
  );
  expect(rows).toEqual([
    { id: 'a-1', lender: '甲' },
    { id: 'a-2', lender: '乙' },
  ]);
  await expect(client.query(`update credit_account set lender_of_record = '丙'`)).rejects.toThrow(/never changes/);
});
