/**
 * What the application's role can do without the program: an attacker has its password and not the keys of the
 * processes. Each is refused by the database, or is named by the audit, and the close of that date is red. What nothing
 * sees would be a line with an empty answer here; there is none. With the API's role most of it is refused already.
 */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { auditSignatures } from '../../../src/activities/evidence/auditSignatures';
import { sealDay } from '../../../src/activities/evidence/sealing';
import { createDailyCloseActivities } from '../../../src/activities/ledger/dailyClose';
import { hashKey } from '../../../src/api/operations/keys';
import { changeMandate } from '../../../src/db/debits/mandates';
import { TamperedRow } from '../../../src/db/evidence/signedRows';
import { openIncident } from '../../../src/db/incidents/incidentOpenings';
import { lockIncident, saveIncident } from '../../../src/db/incidents/incidents';
import { placeHold } from '../../../src/db/messaging/contact/contactHolds';
import { planNotices } from '../../../src/db/messaging/outbox/notices';
import { findApiKey, insertApiKey, revokeApiKey } from '../../../src/db/operations/apiKeys';
import { saveDecision } from '../../../src/db/origination/applications';
import { saveIdentity } from '../../../src/db/origination/identities';
import { createPool } from '../../../src/db/pool';
import { inRepeatableRead } from '../../../src/db/snapshot';
import { type Client, inTransaction } from '../../../src/db/transaction';
import { createVault } from '../../../src/db/vault';
import { BOOKS } from '../../setup/environment';
import { ORIGIN } from '../../support/identities';
import { CASH_LOAN, openOnTerms, REVOLVING, stepsOn } from '../servicedAccounts';
import { DAY_MS, NOW_MS, TENANT, useDatabase } from '../testDatabase';

const database = useDatabase();
const run = <Result>(work: (client: Client) => Promise<Result>) => inTransaction(database.pool, work);
const vault = createVault({ keyId: 'k1', key: Buffer.alloc(32, 7) });
const [GOOD_KEY, REVOKED_KEY, OWN_KEY] = ['clk_good', 'clk_revoked', 'clk_of-the-attacker'];
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

beforeAll(async () => {
  await openOnTerms(database.pool, 'loan', CASH_LOAN);
  await openOnTerms(database.pool, 'card', REVOLVING);
  const step = stepsOn(database.pool);
  await step('loan', '2026-03-02', { kind: 'opening' });
  await step('card', '2026-03-02', { kind: 'opening' });
  const payment = (paymentId: string) => ({
    paymentId,
    amountFen: 1_000,
    paidOn: '2026-03-03',
    intent: 'instalment' as const,
  });
  await step('loan', '2026-03-03', { kind: 'payment', payment: payment('p1') });
  await step('loan', '2026-03-04', { kind: 'payment', payment: payment('p2') });
  await run(async (client) => {
    for (const key of [GOOD_KEY, REVOKED_KEY]) {
      const keyHash = hashKey(key);
      await insertApiKey(client, { tenantId: TENANT, keyId: key.slice(4), keyHash, scopes: [], label: 'shop' });
    }
    await revokeApiKey(client, { tenantId: TENANT, keyId: 'revoked' });
    const identity = { name: '样例', phone: '19900000001' };
    await saveIdentity(client, vault, { tenantId: TENANT, borrowerId: 'loan-borrower', identity, origin: ORIGIN });
    const opening = {
      tenantId: TENANT,
      incidentId: 'surge',
      dedupeKey: 'surge',
      reasonCode: 'NOTICE_SURGE',
      measures: ['notices', 'draws'] as const,
      remedyChannel: 'hotline',
      atMs: NOW_MS,
    };
    await openIncident(client, { ...opening, openedBy: { kind: 'guard', id: 'anomaly' } });
    await placeHold(client, {
      tenantId: TENANT,
      holdId: 'dispute',
      kind: 'dispute',
      borrowerId: 'loan-borrower',
      region: null,
      accountId: null,
      placedBy: 'staff-1',
      placedAtMs: NOW_MS,
      untilAtMs: null,
    });
    await changeMandate(client, {
      tenantId: TENANT,
      accountId: 'loan',
      changeId: 'm1',
      mandateId: 'mandate-1',
      agreedOn: '2026-03-02',
      decidedBy: 'borrower',
      atMs: NOW_MS,
    });
  });
  await run((client) => sealDay(client, { tenantId: TENANT, date: '2026-03-04' }));
});

async function findings(): Promise<string[]> {
  const { findings: found } = await inRepeatableRead(database.pool, (client) =>
    auditSignatures(client, { tenantId: TENANT }),
  );
  return found.map(({ finding, what, detail }) => `${finding} ${what}: ${detail}`);
}

/** Does it as a role, looks, and takes it back as the owner: the database as it was before. */
async function seenAfter(statement: string, as = database.pool): Promise<string> {
  const tables = [
    'account_fact',
    'journal_entry',
    'posting',
    'ledger_balance',
    'statement',
    'credit_account',
    'api_key',
    'application',
    'incident',
    'incident_event',
    'contact_hold',
    'mandate_change',
    'vault_identity_version',
    'account_word',
    'purchase_approval',
    'set_aside_arrival',
    'evidence_record',
    'decision_record',
    'daily_close',
  ];
  const owner = await database.owner.connect();
  try {
    for (const table of tables) await owner.query(`create temporary table kept_${table} as table ${table}`);
    try {
      await as.query(statement);
    } catch (error) {
      return `refused: ${(error as Error).message}`;
    }
    const found = await findings();
    const { closeDate } = createDailyCloseActivities({ pool: database.pool });
    const close = await closeDate({ tenantId: TENANT, businessDate: '2026-03-04', asOfMs: 0 });
    // What the audit names is a difference of the close as well.
    if (found.length > 0)
      expect(close.differences.filter(({ check }) => check === 'signature')).toHaveLength(found.length);
    return found.length > 0 ? `seen: ${found.join('; ')}` : close.outcome === 'failed' ? 'red close' : '';
  } finally {
    await owner.query("set session_replication_role = 'replica'");
    for (const table of tables) {
      const { rows } = await owner.query(
        `select string_agg(quote_ident(attname), ', ') as names from pg_attribute
          where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''`,
        [table],
      );
      const { names } = rows[0];
      await owner.query(`delete from ${table}`);
      await owner.query(`insert into ${table} (${names}) overriding system value select ${names} from kept_${table}`);
      await owner.query(`drop table kept_${table}`);
    }
    await owner.query("set session_replication_role = 'origin'");
    owner.release();
  }
}

test('of what the program wrote finds nothing', async () => {
  expect(await findings()).toEqual([]);
});

/** As the attacker would copy a row of ours: whole, with its signature, and one thing changed. */
const copied = (table: string, columns: string, changes: string, where: string) =>
  `insert into ${table} (${columns}) select ${changes} from ${table} where ${where}`;
const FACT = 'tenant_id, account_id, business_key, kind, value_date, body, input_hash, arrived_at_ms, chain_no, mac';
const ENTRY =
  'tenant_id, account_id, business_key, revision, kind, value_date, content_hash, booked_at_ms, chain_no, mac';

const ATTEMPTS: readonly [string, string, RegExp][] = [
  [
    'adds compensating lines to an old entry',
    `insert into posting select tenant_id, account_id, entry_id, 90 + line, case line when 1 then 'funding' else
         'collections' end, case line when 1 then 500 else -500 end
         from journal_entry, generate_series(1, 2) line where account_id = 'loan' and business_key = 'disbursement'`,
    /^refused: journal entry \d+ was booked before/,
  ],
  [
    'books an entry that balances',
    `with entry as (insert into journal_entry (${ENTRY}) values ('${TENANT}', 'loan', 'gift', 1, 'payment', '2026-03-04',
         'x', 1, 99, 'b1.x') returning entry_id)
       insert into posting select '${TENANT}', 'loan', entry_id, line, case line when 1 then 'collections' else
         'principal-receivable' end, case line when 1 then 500 else -500 end from entry, generate_series(1, 2) line`,
    /^seen: removed account loan: links .* gone before entry gift revision 1; .*its chain ends with/,
  ],
  [
    'books it without any place in the chain',
    `with entry as (insert into journal_entry (tenant_id, account_id, business_key, revision, kind, value_date,
         content_hash, booked_at_ms) values ('${TENANT}', 'loan', 'gift', 1, 'payment', '2026-03-04', 'x', 1)
         returning entry_id)
       insert into posting select '${TENANT}', 'loan', entry_id, line, case line when 1 then 'collections' else
         'principal-receivable' end, case line when 1 then 500 else -500 end from entry, generate_series(1, 2) line`,
    /^seen: inserted account loan: entry gift revision 1 bears no signature/,
  ],
  [
    'forges a payment at the end of the chain, with the head moved',
    `with forged as (${copied(
      'account_fact',
      FACT,
      `tenant_id, account_id, 'payment/p3', kind, value_date, body || '{"key": "payment/p3"}', input_hash, arrived_at_ms,
         (select chain_no + 1 from credit_account where account_id = 'loan'), mac`,
      `business_key = 'payment/p2'`,
    )} returning chain_no, mac)
       update credit_account set chain_no = forged.chain_no, chain_head = forged.mac from forged where account_id = 'loan'`,
    /^seen: changed account loan: fact payment\/p3 is not as this system signed it/,
  ],
  [
    'puts a fact of another account into this one',
    copied(
      'account_fact',
      FACT,
      `tenant_id, 'card', business_key, kind, value_date, body, input_hash, arrived_at_ms, chain_no, mac`,
      `business_key = 'payment/p2'`,
    ),
    /^seen: .*account card: /,
  ],
  [
    'forges a bill',
    `insert into statement (tenant_id, account_id, number, bill_date, due_date, total_fen, minimum_payment_fen,
         principal_fen, interest_fen, penalty_fen, fee_fen, issued_at_ms)
       values ('${TENANT}', 'card', 1, '2026-03-03', '2026-03-20', 1, 1, 1, 0, 0, 0, 1)`,
    /^seen: inserted account card: bill 1 bears no signature/,
  ],
  ['changes a balance', `update ledger_balance set amount_fen = 0`, /^refused: permission denied/],
  ['adds a balance', `insert into ledger_balance values ('x', 'x', 'funding', 1)`, /^refused: permission denied/],
  ['changes a fact', `update account_fact set body = body || '{"amountFen": 1}'`, /^refused: permission denied/],
  ['removes facts', `delete from account_fact where business_key = 'payment/p2'`, /^refused: permission denied/],
  ['removes lines', `delete from posting`, /^refused: permission denied/],
  ['empties a journal', `truncate posting, journal_entry`, /^refused: permission denied/],
  [
    'turns back the head of an account',
    `update credit_account set chain_no = chain_no - 1 where account_id = 'loan'`,
    /^seen: changed account loan: its chain ends with link/,
  ],
  [
    'writes another amount onto an account',
    `update credit_account set outstanding_fen = 1 where account_id = 'loan'`,
    /^red close/,
  ],
  [
    'changes the terms of an account',
    `update credit_account set terms = terms || '{"dailyRate": "0.0001"}' where account_id = 'loan'`,
    /^refused: permission denied/,
  ],
  [
    'gives an account another policy version',
    `update credit_account set policy_version = policy_version where account_id = 'loan'`,
    /^refused: permission denied/,
  ],
  [
    'opens an account',
    `insert into credit_account (tenant_id, account_id, borrower_id, application_id, acceptance_key, acceptance_hash,
         product, terms, policy_version, lender_of_record, opened_at_ms, agreement_mac, chain_head)
       select tenant_id, 'gift', borrower_id, application_id, 'gift', 'x', product, terms, policy_version,
         lender_of_record, opened_at_ms, agreement_mac, agreement_mac from credit_account where account_id = 'loan'`,
    /^seen: changed account gift: its agreement is not as it was signed/,
  ],
  [
    'changes a policy',
    `update policy_version set body = body || '{"x": 1}'`,
    /^refused: permission denied for table policy_version/,
  ],
  [
    'adds a policy',
    `insert into policy_version (tenant_id, version, effective_from, body) values ('${TENANT}', 'x', '2026-01-01', '{}')`,
    /^refused: permission denied for table policy_version/,
  ],
  [
    'raises the limit of an offer',
    `update application set limit_fen = limit_fen * 10, offer = offer || '{"limitFen": 100000000}'
        where application_id = 'card-application'`,
    /^seen: changed application card-application/,
  ],
  [
    'takes back what was drawn of an offer',
    `update application set drawn_fen = 0 where application_id = 'loan-application'`,
    /^refused: application loan-application: what was drawn does not become less/,
  ],
  [
    'adds a key',
    `insert into api_key (tenant_id, key_id, key_hash, scopes, label, principal, mac)
       select '${TENANT}', 'own', '${hashKey(OWN_KEY)}', array['payments:write'], 'shop', 'system:shop', mac from api_key
        where key_id = 'good'`,
    /^seen: changed api_key own/,
  ],
  ['lets a key act as somebody else', `update api_key set principal = 'staff:boss'`, /^refused: permission denied/],
  [
    'lets a key live longer',
    `update api_key set expires_at = '2199-01-01' where key_id = 'good'`,
    /^seen: changed api_key good/,
  ],
  [
    'says a word for somebody',
    `insert into account_word (tenant_id, account_id, subject, kind, word_key, principal, at_ms, mac)
       values ('${TENANT}', 'loan', 'write-off', 'write-off', 'own', 'staff:boss', ${NOW_MS}, 'b1.own')`,
    /^seen: changed account_word loan\/write-off\/own/,
  ],
  [
    'approves a purchase',
    `insert into purchase_approval (tenant_id, account_id, approval_id, purchase_id, amount_fen, decided_by, reason, at_ms)
       values ('${TENANT}', 'card', 'own', 'car', 9000000, 'staff:boss', 'own', ${NOW_MS})`,
    /^seen: changed purchase_approval card\/own/,
  ],
  [
    'sets a payment aside, to have it taken again',
    `insert into set_aside_arrival (tenant_id, account_id, kind, business_key, content_hash, raw, fault, at_ms)
       values ('${TENANT}', 'loan', 'payment', 'own', 'own', '{}', 'own', ${NOW_MS})`,
    /^seen: changed set_aside_arrival 1/,
  ],
  ['revives a key', `update api_key set revoked_at = null`, /^refused: key revoked is revoked for good/],
  ['gives a key more scopes', `update api_key set scopes = array['x']`, /^refused: permission denied/],
  ['removes a key', `delete from api_key`, /^refused: permission denied/],
  [
    'gives a phone a newer version with what it was sealed with before',
    `insert into vault_identity_version (tenant_id, borrower_id, field, version, value_encrypted, source, source_id,
         recorded_by, at_ms, mac)
       select tenant_id, borrower_id, field, 2, value_encrypted, 'phone-change', 'own', 'key-9', at_ms, mac
         from vault_identity_version where borrower_id = 'loan-borrower' and field = 'phone'`,
    /^seen: changed vault_identity_version loan-borrower\/phone\/2/,
  ],
  ['rewrites an identity', `update vault_identity_version set at_ms = 0`, /^refused: permission denied/],
  ['removes an identity', `delete from vault_identity_version`, /^refused: permission denied/],
  [
    'lifts an incident',
    `update incident set stage = 'resuming', first_approval_by = 'a' where incident_id = 'surge'`,
    /^seen: changed incident surge/,
  ],
  [
    'tells an event of an incident that was not',
    `insert into incident_event (tenant_id, incident_id, event_key, kind, at_ms, by, body)
       values ('${TENANT}', 'surge', 'resumed', 'resumed', 1, 'staff-1', '{}')`,
    /^seen: inserted incident surge event resumed: it bears no signature/,
  ],
  [
    'lifts a hold',
    `update contact_hold set lifted_by = 'staff-9', lifted_at_ms = ${NOW_MS} where hold_id = 'dispute'`,
    /^seen: changed contact_hold dispute/,
  ],
  [
    'puts a mandate of somebody else onto an account',
    `update credit_account set mandate_id = 'mandate-of-another' where account_id = 'loan'`,
    /^seen: changed account loan: its mandate is mandate-of-another, and no change says so/,
  ],
  [
    'tells a change of a mandate',
    `insert into mandate_change (tenant_id, account_id, change_id, mandate_id, agreed_on, decided_by, content_hash, at_ms)
       values ('${TENANT}', 'loan', 'm2', 'mandate-of-another', '2026-03-03', 'borrower', 'x', ${NOW_MS + 1})`,
    /^seen: .*inserted mandate of account loan, change m2: it bears no signature/,
  ],
  [
    'puts a decision on record with all its hashes',
    `select append_evidence('${TENANT}', '[{"kind": "credit-decision", "subjectKind": "application", "subjectId": "x",
         "body": {"outcome": "approved"}, "bodyHash": "${sha256('x')}", "atMs": 1}]')`,
    /^seen: inserted record 1: credit-decision of application x: it was not written by this system/,
  ],
  [
    'seals other heads',
    `insert into sealed_head values ('${TENANT}', 'loan', 1, 'b1.x', '2026-03-04')`,
    /^seen: removed account loan: its chain is not the one of which the seal of 2026-03-04 took link 1/,
  ],
];

/** What a route writes too, so that the role has the right to it: keys, phones, holds, events and records are seen. */
const WRITTEN_BY_ROUTES = [
  'lets a key live longer',
  'gives a phone a newer version with what it was sealed with before',
  'lifts a hold',
  'tells an event of an incident that was not',
  'puts a decision on record with all its hashes',
];

describe("with the API's role, and without the key, an attacker", () => {
  let asApi: ReturnType<typeof createPool>;

  beforeAll(async () => {
    const settings = { max: 1, applicationName: 'creditloom-test', statementTimeoutMs: 15_000 };
    asApi = createPool({ ...settings, connectionString: database.apiUrl });
    const notice = {
      ...({ kind: 'loan-disbursed', dedupeKey: 'own', obligationKey: undefined } as const),
      sendAfterMs: NOW_MS,
      expiresAtMs: NOW_MS + DAY_MS,
      priority: 3,
    };
    const about = { tenantId: TENANT, accountId: 'loan', borrowerId: 'loan-borrower', lane: 1 };
    await run((client) => planNotices(client, { ...about, notices: [notice] }));
  });
  afterAll(() => asApi.end());

  test.each(ATTEMPTS)('%s: is refused, or seen where a route writes the same', async (what, statement, answer) => {
    const seen = await seenAfter(statement, asApi);
    expect(seen).toMatch(WRITTEN_BY_ROUTES.includes(what) ? answer : /^refused: /);
  });

  test.each([
    ['an application', `update application set mac = 'b1.own'`, /^seen: changed application card-application/],
    ['an incident', `update incident set mac = 'b1.own'`, /^seen: changed incident surge/],
  ])('spoils the signature of %s, and is seen', async (_, statement, answer) => {
    expect(await seenAfter(statement, asApi)).toMatch(answer);
  });

  test.each([
    ['ends one that was not sent', `update notice set status = 'delivered', outcome_at_ms = 1`],
    ['has one taken for attempted', `update notice set status = 'attempted'`],
    ['cancels one', `update notice set status = 'cancelled'`],
  ])('of notices %s: is refused', async (_, statement) => {
    await expect(asApi.query(`${statement} where status = 'planned'`)).rejects.toThrow();
  });
});

describe('without the key, an attacker', () => {
  test.each(ATTEMPTS)('%s', async (_, statement, answer) => {
    try {
      expect(await seenAfter(statement)).toMatch(answer);
    } finally {
      const owner = await database.owner.connect();
      await owner.query("set session_replication_role = 'replica'");
      await owner.query(`delete from sealed_head where head = 'b1.x'`);
      await owner.query("set session_replication_role = 'origin'");
      owner.release();
    }
  });

  test('does not call the API with a key of his own, nor with one that was revoked', async () => {
    const keyHash = hashKey(OWN_KEY);
    await database.pool.query(
      `insert into api_key (tenant_id, key_id, key_hash, scopes, label, principal)
       values ($1, 'own', $2, array['audit:read'], 'x', 'system:x')`,
      [TENANT, keyHash],
    );
    expect(await findApiKey(database.pool, { keyHash })).toBeUndefined();
    expect(await findApiKey(database.pool, { keyHash: hashKey(REVOKED_KEY) })).toBeUndefined();
    expect(await findApiKey(database.pool, { keyHash: hashKey(GOOD_KEY) })).toMatchObject({ keyId: 'good' });
    const owner = await database.owner.connect();
    await owner.query("set session_replication_role = 'replica'");
    await owner.query(`delete from api_key where key_id = 'own'`);
    await owner.query("set session_replication_role = 'origin'");
    owner.release();
  });

  test('has his change of an offer or an incident not signed with the next one of ours', async () => {
    await database.pool.query(
      `update application set limit_fen = limit_fen + 99 where application_id = 'card-application'`,
    );
    const judged = { tenantId: TENANT, applicationId: 'card-application', stage: 'expired' as const };
    const assessment = {} as Parameters<typeof saveDecision>[1]['assessment'];
    const decide = run((client) => saveDecision(client, { ...judged, assessment, atMs: NOW_MS }));
    await expect(decide).rejects.toThrow(TamperedRow);
    await database.pool.query(`update incident set acknowledged_by = 'nobody' where incident_id = 'surge'`);
    const change = run(async (client) => {
      const row = await lockIncident(client, { tenantId: TENANT, incidentId: 'surge' });
      if (row) await saveIncident(client, { ...row, stage: 'acknowledged' });
    });
    await expect(change).rejects.toThrow(/incident lender\/surge is not as this system wrote it/);
  });
});

test('rows signed with a key of before are proved by it, and by no other', async () => {
  const settings = { max: 1, applicationName: 'creditloom-test', statementTimeoutMs: 15_000 };
  const key = Buffer.alloc(32, 9);
  const at = async (books: Parameters<typeof createPool>[0]['books']) => {
    const pool = createPool({ ...settings, connectionString: database.url, books });
    try {
      const of = { tenantId: TENANT };
      return (await inRepeatableRead(pool, (client) => auditSignatures(client, of))).findings.length;
    } finally {
      await pool.end();
    }
  };
  const under = await findings();
  expect(await at({ keyId: 'b2', key, old: { [BOOKS.keyId]: BOOKS.key } })).toBe(under.length);
  expect(await at({ keyId: BOOKS.keyId, key })).toBeGreaterThan(under.length);
});
