/**
 * Who borrowers are: name, identity number and phone in versions, encrypted by a key of each person. What was kept before
 * there were versions is read where it stands until it has been moved.
 */
import {
  IDENTITY_FIELDS,
  type Identity,
  type IdentityField,
  type IdentityRefusal,
  type IdentitySource,
  type IdentityVerdict,
  judgeIdentity,
  type KnownIdentity,
  type PhoneVersion,
  toldOfChange,
} from '../../domain/origination/identity';
import { macsOf } from '../evidence/macs';
import { macOf } from '../evidence/signedRows';
import type { Client, Reader } from '../transaction';
import type { PersonKey, SealedRow, Vault } from '../vault';
import { type BorrowerRef, lockBorrower } from './borrowers';
import { personKeyOf } from './personKeys';

/** Whence a version comes: the application or the change by its id, the API key that sent it, and business time. */
export interface IdentityOrigin {
  source: Exclude<IdentitySource, 'before-versions'>;
  sourceId: string;
  recordedBy: string;
  atMs: number;
}

/** Of a version everything but its value. */
export interface IdentityVersion {
  field: IdentityField;
  version: number;
  source: IdentitySource;
  sourceId: string | null;
  recordedBy: string | null;
  atMs: number;
}

interface SealedVersion extends IdentityVersion {
  borrowerId: string;
  sealed: Buffer;
  keyId: string;
  /** Null of what still stands where it was before there were versions. */
  wrapped: Buffer | null;
}

/**
 * Of a value before versions `version` is 1, as it will be when it is moved; where there are versions none counts any more,
 * whoever puts an old value back. Nothing of who was erased.
 */
const SEALED_VERSIONS = `
  select borrower_id as "borrowerId", field, version, source, source_id as "sourceId", recorded_by as "recordedBy",
    at_ms as "atMs", value_encrypted as sealed, key_id as "keyId", wrapped_key as wrapped
    from vault_identity_version join person_key using (tenant_id, borrower_id)
   where tenant_id = $1 and borrower_id = any($2::text[]) and field = any($3::text[]) and wrapped_key is not null
  union all
  select borrower_id, field, 1, 'before-versions', null, null, (extract(epoch from updated_at) * 1000)::bigint,
    value_encrypted, key_id, null
    from vault_identity cross join lateral (values ('name', name_encrypted), ('idNumber', id_number_encrypted),
      ('phone', phone_encrypted)) as old (field, value_encrypted)
   where tenant_id = $1 and borrower_id = any($2::text[]) and field = any($3::text[]) and value_encrypted is not null
     and not exists (select from vault_identity_version known where known.tenant_id = $1
       and known.borrower_id = vault_identity.borrower_id and known.field = old.field)
     and not exists (select from person_key where person_key.tenant_id = $1
       and person_key.borrower_id = vault_identity.borrower_id and wrapped_key is null)
  order by 1, 2, 3`;

/** Versions of several, the oldest first, opened when they are asked for. */
async function readVersions(
  reader: Reader,
  vault: Vault,
  {
    tenantId,
    borrowerIds,
    fields,
  }: { tenantId: string; borrowerIds: readonly string[]; fields: readonly IdentityField[] },
) {
  const { rows } = await reader.query<SealedVersion>(SEALED_VERSIONS, [tenantId, borrowerIds, fields]);
  const opened = new Map<string, PersonKey>();
  const keyOf = ({ borrowerId, keyId }: SealedVersion, wrapped: Buffer): PersonKey => {
    const key = opened.get(borrowerId) ?? vault.openPersonKey({ tenantId, borrowerId }, { keyId, wrapped });
    opened.set(borrowerId, key);
    return key;
  };
  const openValue = (row: SealedVersion): string =>
    row.wrapped === null
      ? vault.decrypt({ tenantId, borrowerId: row.borrowerId, field: row.field }, row.keyId, row.sealed)
      : keyOf(row, row.wrapped).open(boundTo(row), row.sealed);
  return rows.map((row) => ({ ...row, value: () => openValue(row) }));
}

/** What a value is bound to: everything that its row says. A row of another source, key or date does not open. */
function boundTo({ field, version, source, sourceId, recordedBy, atMs }: IdentityVersion): SealedRow {
  return [field, version, source, sourceId, recordedBy, atMs];
}

/**
 * Keeps what is told of a borrower, unless it contradicts what is known: then nothing is written. Of several at once the
 * borrower's row lets one after the other. To be called in a transaction in which the borrower is known by id.
 */
export async function saveIdentity(
  client: Client,
  vault: Vault,
  input: BorrowerRef & { identity: Identity; origin: IdentityOrigin; isRepeat?: boolean | undefined },
): Promise<IdentityVerdict> {
  const { tenantId, borrowerId, identity, origin, isRepeat } = input;
  const key = await lockPerson(client, vault, { tenantId, borrowerId });
  if (!key) return { status: 'refused', reason: 'erased' };
  const known = await readKnown(client, vault, { tenantId, borrowerId });
  const verdict = judgeIdentity(known, identity, { isRepeat });
  if (verdict.status === 'refused') return verdict;
  for (const field of verdict.added) {
    const row = { ...origin, field, version: known[field].length + 1 };
    await addVersion(client, key, { tenantId, borrowerId }, { row, value: identity[field] ?? '' });
  }
  return verdict;
}

export type PhoneChange =
  | { status: 'changed' | 'first' | 'repeated'; version: number }
  /** It is the borrower's phone already: nothing is kept. */
  | { status: 'unchanged'; version: number }
  /** The change is known with another phone. */
  | { status: 'conflict' }
  | { status: 'refused'; reason: Extract<IdentityRefusal, 'erased'> };

/** Gives a borrower another phone, once by the change's id, and notes which older phones are to be told of it. */
export async function changePhone(
  client: Client,
  vault: Vault,
  input: BorrowerRef & { phone: string; origin: IdentityOrigin; coolDownMs: number },
): Promise<PhoneChange> {
  const { tenantId, borrowerId, phone, origin, coolDownMs } = input;
  const ref = { tenantId, borrowerId };
  const key = await lockPerson(client, vault, ref);
  if (!key) return { status: 'refused', reason: 'erased' };
  const versions = await readVersions(client, vault, { tenantId, borrowerIds: [borrowerId], fields: ['phone'] });
  const done = versions.find(({ source, sourceId }) => source === origin.source && sourceId === origin.sourceId);
  if (done) return done.value() === phone ? { status: 'repeated', version: done.version } : { status: 'conflict' };
  const before = versions.map(phoneVersionOf);
  const last = before.at(-1);
  if (last?.phone === phone) return { status: 'unchanged', version: last.version };
  const version = before.length + 1;
  await addVersion(client, key, ref, { row: { ...origin, field: 'phone', version }, value: phone });
  for (const reported of toldOfChange(before, { asOfMs: origin.atMs, coolDownMs })) {
    await client.query(
      `insert into phone_change_notice (tenant_id, borrower_id, version, to_version, at_ms) values ($1, $2, $3, $4, $5)`,
      [tenantId, borrowerId, version, reported.version, origin.atMs],
    );
  }
  return { status: last ? 'changed' : 'first', version };
}

/** The borrower's row locked, what stood before versions moved, and the key of the person; undefined once erased. */
async function lockPerson(client: Client, vault: Vault, ref: BorrowerRef): Promise<PersonKey | undefined> {
  await lockBorrower(client, ref);
  const key = await personKeyOf(client, vault, ref);
  if (key) await moveOldIdentity(client, vault, { ...ref, key });
  return key;
}

async function addVersion(
  client: Client,
  key: PersonKey,
  { tenantId, borrowerId }: BorrowerRef,
  { row, value }: { row: IdentityVersion; value: string },
): Promise<void> {
  const { field, version, source, sourceId, recordedBy, atMs } = row;
  const sealed = key.seal(boundTo(row), value);
  const mac = macOf(macsOf(client), 'vault_identity_version', {
    tenant_id: tenantId,
    borrower_id: borrowerId,
    field,
    version,
    value_encrypted: sealed,
    source,
    source_id: sourceId,
    recorded_by: recordedBy,
    at_ms: atMs,
    mac: null,
  });
  await client.query(
    `insert into vault_identity_version (tenant_id, borrower_id, field, version, value_encrypted, source, source_id,
       recorded_by, at_ms, mac) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [tenantId, borrowerId, field, version, sealed, source, sourceId, recordedBy, atMs, mac],
  );
}

async function readKnown(reader: Reader, vault: Vault, { tenantId, borrowerId }: BorrowerRef): Promise<KnownIdentity> {
  const versions = await readVersions(reader, vault, { tenantId, borrowerIds: [borrowerId], fields: IDENTITY_FIELDS });
  const of = (field: IdentityField) => versions.filter((each) => each.field === field).map(({ value }) => value());
  return { name: of('name'), idNumber: of('idNumber'), phone: of('phone') };
}

/** The identity of now in clear; undefined when the vault has none of this borrower, or no more. */
export async function readIdentity(reader: Reader, vault: Vault, ref: BorrowerRef): Promise<Identity | undefined> {
  const known = await readKnown(reader, vault, ref);
  const reported = IDENTITY_FIELDS.flatMap((field) => known[field].slice(-1).map((value) => [field, value] as const));
  return reported.length === 0 ? undefined : Object.fromEntries(reported);
}

/** Every version, without its value, by field and the oldest first. */
export async function listIdentityVersions(
  reader: Reader,
  { tenantId, borrowerId }: BorrowerRef,
): Promise<IdentityVersion[]> {
  const { rows } = await reader.query<SealedVersion>(SEALED_VERSIONS, [tenantId, [borrowerId], IDENTITY_FIELDS]);
  return rows.map(({ field, version, source, sourceId, recordedBy, atMs }) => ({
    field,
    version,
    source,
    sourceId,
    recordedBy,
    atMs,
  }));
}

/** Only the phone of now; undefined for who has none. */
export async function readPhone(reader: Reader, vault: Vault, ref: BorrowerRef): Promise<string | undefined> {
  const { tenantId, borrowerId } = ref;
  const phones = await readPhones(reader, vault, { tenantId, borrowerIds: [borrowerId] });
  return phones(borrowerId).at(-1)?.phone;
}

/** Phones of several, the oldest first, each decrypted when its borrower is asked for; empty for who has none. */
export async function readPhones(
  reader: Reader,
  vault: Vault,
  { tenantId, borrowerIds }: { tenantId: string; borrowerIds: readonly string[] },
): Promise<(borrowerId: string) => PhoneVersion[]> {
  const versions = await readVersions(reader, vault, { tenantId, borrowerIds, fields: ['phone'] });
  return (borrowerId) => versions.filter((each) => each.borrowerId === borrowerId).map(phoneVersionOf);
}

function phoneVersionOf({ version, atMs, value }: IdentityVersion & { value: () => string }): PhoneVersion {
  return { version, phone: value(), atMs };
}

/** What stood in the vault before versions becomes the first ones, and is blanked where it was. The row is locked. */
async function moveOldIdentity(
  client: Client,
  vault: Vault,
  { tenantId, borrowerId, key }: BorrowerRef & { key: PersonKey },
): Promise<void> {
  const ref = { tenantId, borrowerId };
  const versions = await readVersions(client, vault, { tenantId, borrowerIds: [borrowerId], fields: IDENTITY_FIELDS });
  const old = versions.filter(({ wrapped }) => wrapped === null);
  if (old.length === 0) return;
  for (const { value, ...row } of old) await addVersion(client, key, ref, { row, value: value() });
  await blankOld(client, { tenantId, borrowerIds: [borrowerId] });
}

async function blankOld(
  client: Client,
  { tenantId, borrowerIds }: { tenantId: string; borrowerIds: readonly string[] },
): Promise<void> {
  await client.query(
    `update vault_identity set name_encrypted = null, id_number_encrypted = null, phone_encrypted = null
      where tenant_id = $1 and borrower_id = any($2::text[])`,
    [tenantId, borrowerIds],
  );
}

/**
 * Moves the next borrowers whose identity is from before versions, each locked; returns how many they were. Done again it
 * goes on; who is being written elsewhere is moved there.
 */
export async function moveOldIdentities(
  client: Client,
  vault: Vault,
  { tenantId, limit }: { tenantId: string; limit: number },
): Promise<number> {
  const { rows } = await client.query<{ borrowerId: string }>(
    `select borrower_id as "borrowerId" from vault_identity join borrower using (tenant_id, borrower_id)
      where tenant_id = $1 and num_nonnulls(name_encrypted, id_number_encrypted, phone_encrypted) > 0
      order by borrower_id limit $2 for no key update of borrower skip locked`,
    [tenantId, limit],
  );
  for (const { borrowerId } of rows) await lockPerson(client, vault, { tenantId, borrowerId });
  await blankOld(client, { tenantId, borrowerIds: rows.map(({ borrowerId }) => borrowerId) });
  return rows.length;
}
