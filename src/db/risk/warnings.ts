/** Early warnings, raised once for each episode. */
import type { Warning, WarningRule } from '../../domain/risk/earlyWarning';
import type { AccountRef } from '../credit/accounts';
import type { Client, Reader } from '../transaction';

export interface WarningRow {
  accountId: string;
  rule: WarningRule;
  episodeKey: string;
  reason: string;
  raisedAtMs: number;
}

export interface WarningCount {
  rule: WarningRule;
  count: number;
}

/**
 * Raises warnings; one whose episode was raised already is left out, of the tenant or of the account. Returns how many
 * are new.
 */
export async function insertWarnings(
  client: Client,
  { tenantId, accountId, warnings, raisedAtMs }: AccountRef & { warnings: readonly Warning[]; raisedAtMs: number },
): Promise<number> {
  const due = await notRaisedInTenant(client, tenantId, warnings);
  if (due.length === 0) return 0;
  const { rowCount } = await client.query(
    `insert into warning (tenant_id, account_id, rule, episode_key, reason, raised_at_ms)
     select $1, $2, rule, "episodeKey", reason, $4
       from jsonb_to_recordset($3::jsonb) as warning(rule text, "episodeKey" text, reason text)
     on conflict do nothing`,
    [tenantId, accountId, JSON.stringify(due), raisedAtMs],
  );
  return rowCount ?? 0;
}

/** Two accounts may see it at once: whoever comes second waits for the first, which happens once an episode. */
async function notRaisedInTenant(client: Client, tenantId: string, warnings: readonly Warning[]): Promise<Warning[]> {
  const due: Warning[] = [];
  for (const warning of warnings) {
    const episode = { tenantId, rule: warning.rule, episodeKey: warning.episodeKey };
    if (warning.isOfTenant && (await isRaised(client, episode))) continue;
    if (warning.isOfTenant) {
      await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [
        `${tenantId}/${warning.episodeKey}`,
      ]);
      if (await isRaised(client, episode)) continue;
    }
    due.push(warning);
  }
  return due;
}

async function isRaised(
  client: Client,
  { tenantId, rule, episodeKey }: { tenantId: string; rule: WarningRule; episodeKey: string },
): Promise<boolean> {
  const { rowCount } = await client.query(
    'select 1 from warning where tenant_id = $1 and rule = $2 and episode_key = $3 limit 1',
    [tenantId, rule, episodeKey],
  );
  return rowCount === 1;
}

/** The latest warnings of a tenant, or of one account of it; newest first. */
export async function listWarnings(
  reader: Reader,
  { tenantId, accountId, limit }: { tenantId: string; accountId?: string | undefined; limit: number },
): Promise<WarningRow[]> {
  const { rows } = await reader.query<WarningRow>(
    `select account_id as "accountId", rule, episode_key as "episodeKey", reason, raised_at_ms as "raisedAtMs"
       from warning where tenant_id = $1 and ($2::text is null or account_id = $2)
      order by raised_at_ms desc, account_id, episode_key limit $3`,
    [tenantId, accountId ?? null, limit],
  );
  return rows;
}

/** How many warnings there are by rule. */
export async function countWarnings(reader: Reader, { tenantId }: { tenantId: string }): Promise<WarningCount[]> {
  const { rows } = await reader.query<WarningCount>(
    'select rule, count(*) as count from warning where tenant_id = $1 group by rule order by rule',
    [tenantId],
  );
  return rows;
}
