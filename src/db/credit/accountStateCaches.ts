/** Snapshots of revolving accounts: one for each, replaced as time goes on, dropped when a fact reaches behind it. */
import type { CachedAccountState } from '../../domain/credit/revolving/revolvingStateCache';
import type { Client, Reader } from '../transaction';
import type { AccountRef } from './accounts';

/** The snapshot to fold from; undefined when there is none of these rules. */
export async function readCachedState(
  reader: Reader,
  { tenantId, accountId, foldVersion }: AccountRef & { foldVersion: number },
): Promise<CachedAccountState | undefined> {
  const { rows } = await reader.query<{ body: CachedAccountState }>(
    `select body from account_snapshot where tenant_id = $1 and account_id = $2 and fold_version = $3`,
    [tenantId, accountId, foldVersion],
  );
  return rows[0]?.body;
}

/** Keeps a snapshot in place of the one before. */
export async function saveCachedState(
  client: Client,
  { tenantId, accountId, snapshot }: AccountRef & { snapshot: CachedAccountState },
): Promise<void> {
  await client.query(
    `insert into account_snapshot (tenant_id, account_id, through, fold_version, body) values ($1, $2, $3, $4, $5)
     on conflict (tenant_id, account_id)
     do update set through = excluded.through, fold_version = excluded.fold_version, body = excluded.body`,
    [tenantId, accountId, snapshot.through, snapshot.foldVersion, JSON.stringify(snapshot)],
  );
}

export async function dropCachedState(client: Client, { tenantId, accountId }: AccountRef): Promise<void> {
  await client.query(`delete from account_snapshot where tenant_id = $1 and account_id = $2`, [tenantId, accountId]);
}
