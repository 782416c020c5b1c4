/** A database that has keys and facts already: each key gets the system of its label as principal, and stays good. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client, type Pool } from 'pg';
import { takeOverBooks } from '../../../src/activities/evidence/takeOverBooks';
import { migrate } from '../../../src/db/migrate';
import { MIGRATIONS } from '../../../src/db/migrations';
import { findApiKey } from '../../../src/db/operations/apiKeys';
import { createPool } from '../../../src/db/pool';
import { prepareDatabase } from '../../../src/db/roles/prepareDatabase';
import { isPrincipal, principalOfLabel } from '../../../src/domain/values/principals';
import { BOOKS, createTestDatabase, type TestDatabase } from '../../setup/environment';

const PRINCIPALS_CAME_WITH = '049_principals';
const LABELS = ['local run', 'shop', 'shop', '  ', '—shop 2', 'x'.repeat(200), '客服'];

let database: TestDatabase;
let client: Client;
let owner: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  client = new Client({ connectionString: database.ownerUrl });
  await client.connect();
  const settings = { max: 2, applicationName: 'test', statementTimeoutMs: 15_000, books: BOOKS };
  owner = createPool({ ...settings, connectionString: database.ownerUrl });
  await client.query('drop schema public cascade; create schema public');
}, 60_000);
afterAll(async () => {
  await client?.end();
  await owner?.end();
  await database?.drop();
});

test('keys from before are bound to the system that their label names, two of one label to one; a name is no approval', async () => {
  const before = MIGRATIONS.findIndex(({ name }) => name === PRINCIPALS_CAME_WITH);
  await migrate(database.ownerUrl, MIGRATIONS.slice(0, before));
  await client.query(`insert into tenant (tenant_id, name) values ('t', 'T')`);
  for (const [index, label] of LABELS.entries()) {
    await client.query(
      `insert into api_key (tenant_id, key_id, key_hash, scopes, label) values ('t', $1, $2, '{portfolio:read}', $3)`,
      [`k-${index}`, String(index).repeat(64), label],
    );
  }
  await client.query(`
    insert into incident (tenant_id, incident_id, dedupe_key, stage, measures, reason_code, remedy_channel,
      opened_by_kind, opened_by, opened_at_ms, first_approval_by) values
      ('t', 'i', 'd', 'resuming', '{draws}', 'WRONG_AMOUNTS', 'hotline', 'person', 'staff-1', 0, 'staff-1')`);
  await prepareDatabase({ ownerUrl: database.ownerUrl, applicationUrl: database.url, apiUrl: database.apiUrl });
  const { rows: incidents } = await client.query('select stage, first_approval_by as by from incident');
  expect(incidents).toEqual([{ stage: 'acknowledged', by: null }]);
  const { rows } = await client.query('select label, principal from api_key order by key_id');
  expect(rows).toEqual(LABELS.map((label) => ({ label, principal: principalOfLabel(label) })));
  expect(rows.every(({ principal }) => isPrincipal(principal))).toBe(true);
  // A key from before is good once it was taken over, as every row without a signature.
  await takeOverBooks(owner, { foundOn: '2026-03-02', report: () => undefined });
  expect(await findApiKey(owner, { keyHash: '1'.repeat(64) })).toMatchObject({
    keyId: 'k-1',
    principal: 'system:shop',
    scopes: ['portfolio:read'],
    expiresAtMs: null,
    lastUsedAtMs: null,
  });
});
