/**
 * An insider with the database role of a service and none of its secrets. With the application's, each attempt is refused
 * by the database, or the audit or the close sees it; an attempt that nobody sees has minted what it wrote. With the
 * API's, the database refuses each of them, and what else no route writes.
 */
import { randomBytes } from 'node:crypto';
import { Pool } from 'pg';
import { hashKey } from '../../api/operations/keys';
import { audit } from '../../cli/evidence/audit';
import { ledger } from '../../cli/ledger/ledger';
import { dateAt, SHANGHAI } from '../../domain/values/clock';
import { AttackTally } from './tally';
import { ATTACKED_TENANT, type Target } from './target';
import type { Account, World } from './world';

interface Scene {
  world: World;
  /** As a role. */
  sql: Pool;
  account: Account;
  incidentId: string;
}

interface Attempt {
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
const ATTEMPTS: readonly Attempt[] = [
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
const PAST_THE_API: readonly Attempt[] = [
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

/** Longer than a key is remembered by the API. */
const FORGOTTEN_AFTER_MS = 10_500;

async function isShut({ wire }: Target, apiKey: string, path = '/v1/portfolio'): Promise<boolean> {
  const { status } = await wire.once({ method: 'GET', path, apiKey });
  return status === 401 || status === 403;
}

export async function attackFromInside(world: World): Promise<AttackTally> {
  const tally = new AttackTally('insider');
  const { target } = world;
  const sql = new Pool({ connectionString: target.applicationUrl, max: 1 });
  sql.on('error', () => undefined);
  try {
    const scenes = await Promise.all(ATTEMPTS.map(() => setScene(world, sql)));
    // A key that was revoked in order.
    await target.rows(`update api_key set revoked_at = now() where tenant_id = $1 and key_id = 'only-audit-read'`, [
      ATTACKED_TENANT,
    ]);
    await new Promise((resolve) => setTimeout(resolve, FORGOTTEN_AFTER_MS));
    // Before anything is written: nothing of it may be.
    await attackAsApi(scenes[0] as Scene, tally);
    const written: Written[] = [];
    for (const [at, attempt] of ATTEMPTS.entries()) {
      const scene = scenes[at] as Scene;
      if (await isWritten(scene, attempt, tally)) written.push({ attempt, traces: tracesOf(scene, attempt) });
    }
    // Once for all: a finding counts for the attempt whose account, borrower, incident or key it names.
    const said = await saidByTheLender(target);
    for (const { attempt, traces } of written) {
      const isSeen = said.some((line) => traces.some((trace) => line.includes(trace)));
      tally.expect(isSeen, 'minted', `${attempt.what}: neither refused, nor seen by audit and close`);
    }
  } finally {
    await sql.end();
  }
  return tally;
}

async function attackAsApi(scene: Scene, tally: AttackTally): Promise<void> {
  const sql = new Pool({ connectionString: scene.world.target.apiUrl, max: 1 });
  sql.on('error', () => undefined);
  try {
    for (const attempt of [...ATTEMPTS, ...PAST_THE_API]) {
      const isRefused = !(await isWritten({ ...scene, sql }, attempt, tally));
      if (!isRefused) tally.fault('minted', `${attempt.what}, with the API's role: not refused`);
    }
  } finally {
    await sql.end();
  }
}

/** Of each attempt its own, so that what is seen of one is not taken for news of the next. */
async function setScene(world: World, sql: Pool): Promise<Scene> {
  const [account, incidentId] = await Promise.all([world.open('revolving'), world.openIncident()]);
  await world.write(`/v1/accounts/${account.accountId}/purchases`, { purchaseId: 'honest', amountFen: 400_000 });
  await world.pay(account.accountId, 'honest', 20_000);
  await world.goesOn(account.accountId);
  return { world, sql, account, incidentId };
}

/** Of PostgreSQL: no such right, a guard of the table, a rule of the data, not allowed in such a session. */
const IS_REFUSAL = /^(42501|23...|P0001|25...|2F...|55...|0A...|28...)$/;

interface Written {
  attempt: Attempt;
  traces: string[];
}

/** Whether the database took it and nothing else shuts it out; what is refused is counted. */
async function isWritten(scene: Scene, attempt: Attempt, tally: AttackTally): Promise<boolean> {
  try {
    await attempt.write(scene);
  } catch (error) {
    const code = (error as { code?: string }).code ?? '';
    if (!IS_REFUSAL.test(code) && !/^42/.test(code)) throw error;
    if (IS_REFUSAL.test(code)) tally.refused();
    // The attempt is written for other tables than there are: nothing was proved by it.
    else tally.notTried.push(`${attempt.what}: ${(error as Error).message}`);
    return false;
  }
  if ((await attempt.isShutOut?.(scene)) !== true) return true;
  tally.held();
  return false;
}

function tracesOf({ account, incidentId }: Scene, { keyId }: Attempt): string[] {
  return keyId === undefined ? [account.accountId, account.borrowerId, incidentId] : [keyId];
}

/** The audit and the close, as the lender runs them: each finding as a line that names what it is about. */
async function saidByTheLender(target: Target): Promise<string[]> {
  const audited = await told((surroundings) => audit(['verify', ...target.ofRun()], surroundings));
  const date = dateAt(Date.now(), SHANGHAI);
  const closed = await told((surroundings) =>
    ledger(['close', '--date', date, '--json', ...target.ofRun()], surroundings),
  );
  const { differences = [] } = closed.code === 0 ? {} : (JSON.parse(closed.text) as { differences?: object[] });
  const lines = audited.code === 0 ? [] : audited.text.split('\n');
  return [...lines, ...differences.map((difference) => JSON.stringify(difference))];
}

async function told(work: (surroundings: Parameters<typeof audit>[1]) => Promise<number>) {
  let text = '';
  const write = (part: string) => {
    text += part;
  };
  const code = await work({ settings: {}, write, report: () => undefined });
  return { text, code };
}
