/** How providers do, by their attempts: when one last took something, and what became of what it was given. */
import type { Reader } from '../../transaction';
import { type ProviderStop, stoppedProviders } from './providerStops';

/**
 * When a provider last took something, of whichever worker, and since when it has refused with a code without taking
 * anything in between.
 */
export async function passageSince(
  reader: Reader,
  { tenantId, provider, code }: { tenantId: string; provider: string; code: string },
): Promise<{ lastTakenAtMs: number | undefined; refusedSinceMs: number | undefined }> {
  const { rows } = await reader.query<{ lastTakenAtMs: number | null; refusedSinceMs: number | null }>(
    `with taken as (
       select attempted_at_ms from notice_attempt
        where tenant_id = $1 and provider = $2 and status in ('accepted', 'delivered', 'undelivered')
        order by attempted_at_ms desc limit 1
     )
     select (select attempted_at_ms from taken) as "lastTakenAtMs",
       (select min(attempted_at_ms) from notice_attempt
         where tenant_id = $1 and provider = $2 and status = 'refused' and failure = 'account-stop' and code = $3
           and attempted_at_ms > coalesce((select attempted_at_ms from taken), 0)) as "refusedSinceMs"`,
    [tenantId, provider, code],
  );
  const { lastTakenAtMs, refusedSinceMs } = rows[0] ?? {};
  return { lastTakenAtMs: lastTakenAtMs ?? undefined, refusedSinceMs: refusedSinceMs ?? undefined };
}

export interface ProviderRecord {
  provider: string;
  /** Attempts since the instant, by what became of them so far. */
  attempts: number;
  accepted: number;
  delivered: number;
  undelivered: number;
  refused: number;
  unknown: number;
  lastAttemptAtMs: number | null;
  /** Null: nothing stops it. */
  stop: ProviderStop | null;
}

/** How each provider has done since an instant, over all workers; stopped ones also when they were not tried. */
export async function readProviderHealth(
  reader: Reader,
  { tenantId, sinceMs }: { tenantId: string; sinceMs: number },
): Promise<ProviderRecord[]> {
  const { rows } = await reader.query<Omit<ProviderRecord, 'stop'>>(
    `select provider, count(*) as attempts, count(*) filter (where status = 'accepted') as accepted,
       count(*) filter (where status = 'delivered') as delivered,
       count(*) filter (where status = 'undelivered') as undelivered,
       count(*) filter (where status = 'refused') as refused,
       count(*) filter (where status in ('attempted', 'unknown', 'not-sent')) as unknown,
       max(attempted_at_ms) as "lastAttemptAtMs"
     from notice_attempt where tenant_id = $1 and attempted_at_ms > $2 group by provider order by provider`,
    [tenantId, sinceMs],
  );
  const stops = new Map((await stoppedProviders(reader, { tenantId })).map((stop) => [stop.provider, stop]));
  const untried = [...stops.keys()].filter((name) => !rows.some(({ provider }) => provider === name));
  const none = {
    attempts: 0,
    accepted: 0,
    delivered: 0,
    undelivered: 0,
    refused: 0,
    unknown: 0,
    lastAttemptAtMs: null,
  };
  return [...rows, ...untried.map((provider) => ({ provider, ...none }))].map((row) => ({
    ...row,
    stop: stops.get(row.provider) ?? null,
  }));
}
