/** Pushes of receipts side by side: each keeps all of its own or nothing, and one bad push is nobody else's. */
import { expect, it } from '@jest/globals';
import { keepReceipts } from '../../../src/activities/messaging/callbackKeeping';
import { NOW_MS, TENANT, useDatabase } from '../testDatabase';

const database = useDatabase();

const push = (providerMessageId: string, tenantId = TENANT) =>
  keepReceipts(
    { pool: database.pool, tenantId },
    {
      provider: 'carrier',
      receipts: [{ providerMessageId, receiptKey: `${providerMessageId}/1`, status: 'delivered', code: 'DELIVRD' }],
      receivedAtMs: NOW_MS,
    },
  );

it('a hundred at once, each told of its own, and the doubled one as repeated', async () => {
  const ids = Array.from({ length: 100 }, (_, index) => `m-${index}`);
  const kept = await Promise.all([...ids, 'm-7'].map((id) => push(id)));
  expect(kept.slice(0, 100)).toEqual(ids.map(() => ({ received: 1, applied: 0, repeated: 0, kept: 1 })));
  expect(kept[100]).toEqual({ received: 1, applied: 0, repeated: 1, kept: 0 });
  const { rows } = await database.owner.query(
    `select count(*) as count, count(distinct xmin::text) as commits from receipt where provider_message_id like 'm-%'`,
  );
  expect(rows[0].count).toBe(100);
  // The first alone, the rest together.
  expect(rows[0].commits).toBeLessThan(10);
});

it('one that cannot be kept is refused alone, and those beside it are kept', async () => {
  const results = await Promise.allSettled([push('n-1'), push('n-2'), push('n-3', 'no-such-tenant'), push('n-4')]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
  const { rows } = await database.owner.query(
    `select provider_message_id as id from receipt where provider_message_id like 'n-%' order by 1`,
  );
  expect(rows.map(({ id }) => id)).toEqual(['n-1', 'n-2', 'n-4']);
});
