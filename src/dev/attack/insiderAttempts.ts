/** What an insider tries: each row an attempt that would mint something, were there no guard. */
import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { hashKey } from '../../api/operations/keys';
import { ATTACKED_TENANT, type Target } from './target';
import type { Account, World } from './world';

export interface Scene {
  world: World;
  /** As a role. */
  sql: Pool;
  account: Account;
  incidentId: string;
}

export interface Attempt {
  what: string;
  /** Of an API key, by which a finding names it. */
  keyId?: string;
  /** Throws where the database refuses it. */
  write(scene: Scene): Promise<void>;
  /** Where the harm is not to the books: whether it is shut out all the same. */
  isShutOut?(scene: Scene): Promise<boolean>;
}

const FORGED_FEN = 300_000;
const FORGED_KEY = `clk_${randomBytes(32).toString('base64url')}`;

async function forgeFact({ sql, account }: Scene, kind: string, key: string, more: object): Promise<void> {
  // As a real one beside it, so that no column is missing whatever columns there are.
  const { rows } = await sql.query<{ name: string }>(
    `select quote_ident(column_name) as name from information_schema.columns
      where table_schema = 'public' and table_name = 'account_fact' and is_generated = 'NEVER' and is_identity = 'NO'`,
  );
  const columns = rows.map(({ name }) => name).join(', ');
  await sql.query(
    `insert into account_fact (${columns})
     select ${columns} from (
       select (jsonb_populate_record(fact, jsonb_build_object('business_key', $3::text, 'kind', $4::text,
         'body', fact.body || $5::jsonb))).*
         from account_fact fact where tenant_id = $1 and account_id = $2 and kind = 'paid' limit 1) as forged`,
    [ATTACKED_TENANT, account.accountId, key, kind, JSON.stringify({ kind, key, ...more })],
  );
}

/** In whatever table identities are: what is encrypted of another borrower is put under this one. */
async function swapIdentity({ sql, account }: Scene): Promise<void> {
  const { rows } = await sql.query<{ name: string; columns: string; hasField: boolean }>(
    `select table_name as name, bool_or(column_name = 'field') as "hasField",
            string_agg(format('%1$I = theirs.%1$I', column_name), ', ') filter (where column_name like '%\\_encrypted') as columns
       from information_schema.columns where table_schema = 'public' and table_name like 'vault\\_identity%'
      group by table_name order by table_name desc`,
  );
  let changed = 0;
  for (const { name, columns, hasField } of rows) {
    const { rowCount } = await sql.query(
      `update ${name} mine set ${columns} from ${name} theirs
        where mine.borrower_id = $1 and theirs.borrower_id <> $1 ${hasField ? 'and theirs.field = mine.field' : ''}`,
      [account.borrowerId],
    );
    changed += rowCount ?? 0;
  }
  if (changed === 0) throw new NothingThere('no row of an identity was there to change');
}

/** The attempt met no row: nothing was proved by it. */
class NothingThere extends Error {
  readonly code = '42';
}

/** What the role could do unseen, were there no guard: one attempt a row. */
export const ATTEMPTS: readonly Attempt[] = [
  {
    what: 'lines in two old entries that compensate each other',
    async write({ sql, account }) {
      await sql.query(
        `insert into posting (tenant_id, account_id, entry_id, line_no, ledger_account, amount_fen)
         select tenant_id, account_id, entry_id, 90 + line.no, line.ledger_account, line.amount_fen * side
           from (select *, case row_number() over (order by entry_id) when 1 then 1 else -1 end as side
                   from journal_entry where tenant_id = $1 and account_id = $2 order by entry_id limit 2) as entry,
                (values (1, 'principal-receivable', -5000), (2, 'funding', 5000)) as line (no, ledger_account, amount_fen)`,
        [ATTACKED_TENANT, account.accountId],
      );
    },
  },
  {
    what: 'an entry of its own that balances',
    async write({ sql, account }) {
      await sql.query(
        `with entry as (
           insert into journal_entry (tenant_id, account_id, business_key, revision, kind, value_date, content_hash, booked_at_ms)
           values ($1, $2, 'payment/entry-of-nobody', 1, 'payment', current_date, 'void', 0) returning entry_id)
         insert into posting (tenant_id, account_id, entry_id, line_no, ledger_account, amount_fen)
         select $1, $2, entry_id, line.no, line.ledger_account, line.amount_fen
           from entry, (values (1, 'collections', 5000), (2, 'principal-receivable', -5000)) as line (no, ledger_account, amount_fen)`,
        [ATTACKED_TENANT, account.accountId],
      );
    },
  },
  {
    what: 'a forged payment, booked by the next honest step',
    async write(scene) {
      await forgeFact(scene, 'paid', 'payment/forged', { amountFen: FORGED_FEN });
      await scene.world.goesOn(scene.account.accountId);
    },
  },
  {
    what: 'a fact that is gone',
    async write({ sql, account }) {
      await sql.query(`delete from account_fact where tenant_id = $1 and account_id = $2 and kind = 'purchased'`, [
        ATTACKED_TENANT,
        account.accountId,
      ]);
    },
  },
  {
    what: 'a changed balance',
    async write({ sql, account }) {
      await sql.query(
        `update ledger_balance set amount_fen = amount_fen - 1000 where tenant_id = $1 and account_id = $2`,
        [ATTACKED_TENANT, account.accountId],
      );
    },
  },
  {
    what: 'guards switched off for a session',
    async write({ sql, account }) {
      await sql.query(
        `set session_replication_role = replica; update ledger_balance set amount_fen = 0 where account_id = '${account.accountId}';
         reset session_replication_role`,
      );
    },
  },
  { what: 'a table of its own', write: ({ sql }) => run(sql, 'create table insider (x int)') },
  { what: 'a temporary table', write: ({ sql }) => run(sql, 'create temporary table posting (x int)') },
  { what: 'a role of its own', write: ({ sql }) => run(sql, `create role insider superuser login password 'insider'`) },
  { what: 'a file of the server', write: ({ sql }) => run(sql, `select pg_read_file('postgresql.conf')`) },
  {
    what: 'an inserted API key',
    keyId: 'insider',
    write: ({ sql }) =>
      run(
        sql,
        `insert into api_key select (jsonb_populate_record(api_key, jsonb_build_object(
           'key_id', 'insider', 'label', 'insider', 'key_hash', '${hashKey(FORGED_KEY)}'))).*
           from api_key where tenant_id = '${ATTACKED_TENANT}' and key_id = 'all-1'`,
      ),
    isShutOut: ({ world }) => isShut(world.target, FORGED_KEY),
  },
  {
    what: 'a revived API key',
    keyId: 'only-audit-read',
    async write({ sql }) {
      await run(
        sql,
        `update api_key set revoked_at = null where tenant_id = '${ATTACKED_TENANT}' and key_id = 'only-audit-read'`,
      );
    },
    isShutOut: ({ world }) => isShut(world.target, world.target.keysByScope.get('audit:read') ?? '', '/v1/audit/seals'),
  },
  {
    what: 'an API key with more scopes',
    keyId: 'only-ledger-read',
    write: ({ sql }) =>
      run(
        sql,
        `update api_key set scopes = (select scopes from api_key where key_id = 'all-1' limit 1)
          where tenant_id = '${ATTACKED_TENANT}' and key_id = 'only-ledger-read'`,
      ),
    isShutOut: ({ world }) => isShut(world.target, world.target.keysByScope.get('ledger:read') ?? ''),
  },
  {
    what: 'a rewritten limit',
    write: ({ sql, account }) =>
      run(
        sql,
        `update credit_account set terms = jsonb_set(terms, '{limitFen}', '900000000')
          where tenant_id = '${ATTACKED_TENANT}' and account_id = '${account.accountId}'`,
      ),
  },
  {
    what: 'a rewritten limit, with the guards of the table off',
    write: ({ sql, account }) =>
      run(
        sql,
        `set session_replication_role = replica;
         update account_fact set body = jsonb_set(body, '{limitFen}', '900000000')
          where account_id = '${account.accountId}' and kind = 'opened';
         update credit_account set terms = jsonb_set(terms, '{limitFen}', '900000000')
          where account_id = '${account.accountId}'; reset session_replication_role`,
      ),
  },
  {
    what: "another person's identity under a borrower",
    write: swapIdentity,
  },
  {
    what: 'an incident lifted by SQL',
    async write({ sql, incidentId }) {
      const of = `where tenant_id = '${ATTACKED_TENANT}' and incident_id = '${incidentId}'`;
      // Step by step, as two people would have done it.
      const set = `update incident set acknowledged_by = coalesce(acknowledged_by, 'nobody-1')`;
      await run(sql, `${set}, stage = 'acknowledged' ${of}`);
      await run(sql, `${set}, stage = 'resuming', first_approval_by = 'nobody-1' ${of}`);
      await run(sql, `${set}, stage = 'resumed', second_approval_by = 'nobody-2', lifted_at_ms = 1 ${of}`);
    },
  },
  {
    what: 'a rewritten record of evidence',
    write: ({ sql }) =>
      run(sql, `update evidence_record set body = body || '{"by":"nobody"}' where tenant_id = '${ATTACKED_TENANT}'`),
  },
  { what: 'an emptied table of evidence', write: ({ sql }) => run(sql, 'truncate evidence_record, evidence_seal') },
  { what: 'a dropped trigger', write: ({ sql }) => run(sql, 'alter table posting disable trigger all') },
];

/** What a step writes and no route does: with the API's role nobody writes it. */
export const PAST_THE_API: readonly Attempt[] = [
  { what: 'a notice of its own', write: ({ sql }) => run(sql, 'insert into notice default values') },
  { what: 'a notice with another text', write: ({ sql }) => run(sql, `update notice set text = 'insider'`) },
  { what: 'a notice that is sent again', write: ({ sql }) => run(sql, 'update notice set send_after_at_ms = 0') },
  { what: 'a bill of its own', write: ({ sql }) => run(sql, 'insert into statement default values') },
  { what: 'an account of its own', write: ({ sql }) => run(sql, 'insert into credit_account default values') },
  { what: 'another amount on an account', write: ({ sql }) => run(sql, 'update credit_account set overdue_fen = 0') },
  { what: 'a larger offer', write: ({ sql }) => run(sql, 'update application set limit_fen = 900000000') },
  { what: 'a decision of its own', write: ({ sql }) => run(sql, 'insert into decision_record default values') },
  { what: 'a word for a write-off', write: ({ sql }) => run(sql, 'insert into account_word default values') },
  { what: 'a mandate of its own', write: ({ sql }) => run(sql, 'insert into mandate_change default values') },
  { what: 'a debit of its own', write: ({ sql }) => run(sql, 'insert into planned_debit default values') },
  { what: 'a text that nobody reviewed', write: ({ sql }) => run(sql, `update notice_template set status = 'active'`) },
  { what: 'a person without a key', write: ({ sql }) => run(sql, 'update person_key set wrapped_key = null') },
  { what: 'a close of its own', write: ({ sql }) => run(sql, 'insert into daily_close default values') },
  {
    what: 'old rows gone',
    write: ({ sql }) => run(sql, `select purge_old_rows('${ATTACKED_TENANT}', 30, 60, 60, 30, 1)`),
  },
];

async function run(sql: Pool, text: string): Promise<void> {
  await sql.query(text);
}

async function isShut({ wire }: Target, apiKey: string, path = '/v1/portfolio'): Promise<boolean> {
  const { status } = await wire.once({ method: 'GET', path, apiKey });
  return status === 401 || status === 403;
}
