/**
 * Rows that bear a signature of their own: which columns each covers, one list for a kind. They change now and then, so
 * a change first proves what was there: nobody's change is signed with ours.
 */

import type { Client, Reader } from '../transaction';
import { type Macs, macsOf } from './macs';

interface SignedKind {
  key: readonly string[];
  /** Beside the key. A column that says something is added here. */
  covers: readonly string[];
  /** Covered since a later release: left out where null, so that what was signed before it is proved as it was. */
  later?: readonly string[];
}

export const SIGNED_ROWS = {
  account_word: {
    key: ['tenant_id', 'account_id', 'subject', 'word_key'],
    covers: ['kind', 'principal', 'said_by', 'reason', 'body', 'at_ms'],
  },
  api_key: {
    key: ['tenant_id', 'key_id'],
    covers: ['key_hash', 'scopes', 'label', 'principal', 'expires_at', 'successor_id', 'created_by', 'revoked_at'],
  },
  application: {
    key: ['tenant_id', 'application_id'],
    covers: [
      'borrower_id',
      'product',
      'requested_fen',
      'facts',
      'proved',
      'stage',
      'assessment',
      'offer',
      'limit_fen',
      'decide_by_at_ms',
      'expires_at_ms',
      'drawn_fen',
      'received_at_ms',
    ],
    later: ['object_until_at_ms', 'objection'],
  },
  consent: {
    key: ['tenant_id', 'consent_id'],
    covers: [
      'borrower_id',
      'source_kind',
      'purpose',
      'valid_during',
      'application_id',
      'given_until_at_ms',
      'recorded_by',
      'withdrawn_at_ms',
      'withdrawn_by',
      'withdrawn_reason',
    ],
  },
  contact_hold: {
    key: ['tenant_id', 'hold_id'],
    covers: [
      'kind',
      'borrower_id',
      'region',
      'account_id',
      'placed_by',
      'placed_at_ms',
      'until_at_ms',
      'lifted_by',
      'lifted_at_ms',
      'placed_principal',
      'lifted_principal',
    ],
  },
  incident: {
    key: ['tenant_id', 'incident_id'],
    covers: [
      'dedupe_key',
      'opening_key',
      'stage',
      'measures',
      'scope',
      'exempt_borrower_ids',
      'reason_code',
      'remedy_channel',
      'opened_by_kind',
      'opened_by',
      'opened_at_ms',
      'acknowledged_by',
      'first_approval_by',
      'second_approval_by',
      'lifted_at_ms',
      'reviewed_by',
    ],
  },
  purchase_approval: {
    key: ['tenant_id', 'account_id', 'approval_id'],
    covers: ['purchase_id', 'amount_fen', 'decided_by', 'reason', 'at_ms'],
  },
  set_aside_arrival: {
    key: ['tenant_id', 'aside_id'],
    covers: [
      'account_id',
      'kind',
      'business_key',
      'content_hash',
      'raw',
      'fault',
      'at_ms',
      'state',
      'word',
      'word_by',
      'word_reason',
      'second_by',
      'second_reason',
      'settled_at_ms',
    ],
  },
  source_record: {
    key: ['tenant_id', 'record_id'],
    covers: [
      'application_id',
      'borrower_id',
      'source_kind',
      'purpose',
      'supplier',
      'consent_id',
      'seen_at_ms',
      'status',
      'missing',
      'figures',
      'content_hash',
    ],
  },
  vault_identity_version: {
    key: ['tenant_id', 'borrower_id', 'field', 'version'],
    covers: ['value_encrypted', 'source', 'source_id', 'recorded_by', 'at_ms'],
  },
} as const satisfies Record<string, SignedKind>;

export type SignedTable = keyof typeof SIGNED_ROWS;

/** A row is not as this system wrote it. The step stops; the audit names all such rows. */
export class TamperedRow extends Error {
  override readonly name = 'TamperedRow';
}

type Row = Record<string, unknown> & { mac: string | null };

/** Signs the row as it is now: after it was added, or after a change of one that was proved before. */
export async function signRow(client: Client, table: SignedTable, key: readonly string[]): Promise<void> {
  const row = await readRow(client, table, key, '');
  if (!row) throw new Error(`there is no row ${key.join('/')} of ${table} to sign`);
  await client.query(`update ${table} set mac = $${key.length + 1} where ${whereKey(table)}`, [
    ...key,
    macOf(macsOf(client), table, row),
  ]);
}

/** The signature of the row as a change makes it, where the change itself has to bring it; null where there is none. */
export async function macAfter(
  client: Client,
  table: SignedTable,
  key: readonly string[],
  changes: Record<string, unknown>,
): Promise<string | null> {
  const row = await readRow(client, table, key, '');
  return row ? macOf(macsOf(client), table, { ...row, ...changes }) : null;
}

/** Holds the row to the end of the transaction; throws {@link TamperedRow} when its signature does not prove it. */
export async function proveRow(client: Client, table: SignedTable, key: readonly string[]): Promise<void> {
  const row = await readRow(client, table, key, 'for no key update');
  if (row && !isProved(macsOf(client), table, row)) throw tamperedRow(table, key);
}

export function tamperedRow(table: SignedTable, key: readonly string[]): TamperedRow {
  return new TamperedRow(
    `${table} ${key.join('/')} is not as this system wrote it: run \`npx creditloom audit verify\``,
  );
}

export function isProved(macs: Macs, table: SignedTable, row: Row): boolean {
  return macs.proves(row.mac, table, contentOf(table, row));
}

export function macOf(macs: Macs, table: SignedTable, row: Row): string {
  return macs.sign(table, contentOf(table, row));
}

/** What a select of a row must name to prove it. */
export function signedColumns(table: SignedTable): string {
  return [...columnsOf(table), 'mac'].join(', ');
}

/** Rows of a tenant in the order of their keys, after one; `at` is the key without the tenant. */
export async function readSignedRows(
  reader: Reader,
  table: SignedTable,
  { tenantId, after, limit }: { tenantId: string; after: readonly unknown[] | undefined; limit: number },
): Promise<{ id: string; at: string[]; row: Row }[]> {
  const [, ...names] = SIGNED_ROWS[table].key;
  const placed = names.map((_, index) => `$${index + 3}`);
  const later = after === undefined ? '' : `and (${names.join(', ')}) > (${placed.join(', ')})`;
  const { rows } = await reader.query<Row>(
    `select ${signedColumns(table)} from ${table} where tenant_id = $1 ${later}
      order by ${names.join(', ')} limit $2`,
    [tenantId, limit, ...(after ?? [])],
  );
  return rows.map((row) => {
    const at = names.map((name) => String(row[name]));
    return { id: at.join('/'), at, row };
  });
}

async function readRow(client: Client, table: SignedTable, key: readonly string[], lock: string) {
  const { rows } = await client.query<Row>(
    `select ${signedColumns(table)} from ${table} where ${whereKey(table)} ${lock}`,
    [...key],
  );
  return rows[0];
}

function whereKey(table: SignedTable): string {
  return SIGNED_ROWS[table].key.map((name, index) => `${name} = $${index + 1}`).join(' and ');
}

function columnsOf(table: SignedTable): readonly string[] {
  const { key, covers, later = [] }: SignedKind = SIGNED_ROWS[table];
  return [...key, ...covers, ...later];
}

function contentOf(table: SignedTable, row: Row): object {
  const { later = [] }: SignedKind = SIGNED_ROWS[table];
  const said = columnsOf(table).filter((name) => !later.includes(name) || (row[name] ?? null) !== null);
  return Object.fromEntries(said.map((name) => [name, row[name] ?? null]));
}
