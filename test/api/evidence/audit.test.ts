/** Seals over HTTP, for those who keep them. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sealDay } from '../../../src/activities/evidence/sealing';
import { inTransaction } from '../../../src/db/transaction';
import { type Harness, offeredApplication, startHarness, TENANT, TODAY } from '../harness';

const URL = '/v1/audit/seals';
let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
  await offeredApplication(harness, 'offered', 'cash-loan');
  for (const date of [TODAY, '2026-12-30', '2026-12-31']) {
    await inTransaction(harness.pool, (client) => sealDay(client, { tenantId: TENANT, date }));
  }
});
afterAll(() => harness.close());

describe('seals', () => {
  it('are read in order, by pages', async () => {
    const { status, body } = await harness.get(URL);
    expect(status).toBe(200);
    expect(body.items.map(({ businessDate }: { businessDate: string }) => businessDate)).toEqual([
      TODAY,
      '2026-12-30',
      '2026-12-31',
    ]);
    expect(body.nextAfter).toBeNull();
    expect(body.items[1].prevSealHash).toBe(body.items[0].sealHash);
    const first = await harness.get(`${URL}?limit=1`);
    expect(first.body).toEqual({ items: [body.items[0]], nextAfter: TODAY });
    expect((await harness.get(`${URL}?limit=2&after=${TODAY}`)).body.items).toEqual(body.items.slice(1));
  });

  it('are refused for a date that is none', async () => {
    const { status, body } = await harness.get(`${URL}?after=2026-02-30`);
    expect([status, body.field]).toEqual([400, 'after']);
  });
});
