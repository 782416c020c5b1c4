/** The locks of a provider's messages: of a receipt, and of the answer that it may overtake. */
import type { Client } from '../../transaction';

export interface MessageRef {
  tenantId: string;
  provider: string;
  providerMessageId: string;
}

/**
 * Makes a receipt and the answer that it overtakes wait for each other, to the end of the transaction: without it each
 * could miss the other's row while neither has committed. Taken in one order and before any row, so that whoever holds
 * several never waits for another crosswise.
 */
export async function lockMessages(client: Client, messages: readonly MessageRef[]): Promise<void> {
  if (messages.length === 0) return;
  const keys = messages.map(({ tenantId, provider, providerMessageId }) =>
    JSON.stringify([tenantId, provider, providerMessageId]),
  );
  // In the order that lists of receipts are sorted in as well, and not in one of the database's languages.
  await client.query(
    `select pg_advisory_xact_lock(hashtextextended(key, 0))
       from (select key from unnest($1::text[]) with ordinality as messages(key, place) order by place) sorted`,
    [[...new Set(keys)].sort()],
  );
}
