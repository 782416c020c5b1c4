/** How a borrower is reached, beside what the vault has: zone, region, segment, and a number that takes nothing. */

import type { BorrowerRef } from '../../origination/borrowers';
import type { Client } from '../../transaction';

/** Sets what is given and leaves the rest. */
export async function saveContactProfile(
  client: Client,
  input: BorrowerRef & {
    utcOffsetMinutes?: number | undefined;
    region?: string | undefined;
    segment?: string | undefined;
  },
): Promise<void> {
  const { tenantId, borrowerId, utcOffsetMinutes, region, segment } = input;
  await client.query(
    `insert into contact_profile (tenant_id, borrower_id, utc_offset_minutes, region, segment)
     values ($1, $2, $3, $4, $5)
     on conflict (tenant_id, borrower_id) do update set
       utc_offset_minutes = coalesce(excluded.utc_offset_minutes, contact_profile.utc_offset_minutes),
       region = coalesce(excluded.region, contact_profile.region),
       segment = coalesce(excluded.segment, contact_profile.segment)`,
    [tenantId, borrowerId, utcOffsetMinutes ?? null, region ?? null, segment ?? null],
  );
}

/** A provider said that the number takes no messages. */
export async function markUnreachable(
  client: Client,
  { tenantId, borrowerId, recipient }: BorrowerRef & { recipient: string },
): Promise<void> {
  await client.query(
    `insert into contact_profile (tenant_id, borrower_id, unreachable) values ($1, $2, $3)
     on conflict (tenant_id, borrower_id) do update set unreachable = excluded.unreachable`,
    [tenantId, borrowerId, recipient],
  );
}
