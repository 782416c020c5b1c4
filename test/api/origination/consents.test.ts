/** Consents over HTTP: given with an application, shown, withdrawn once. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { applicationOf, type Harness, NOW_MS, startHarness } from '../harness';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
beforeEach(() => {
  harness.gateway.asked = [];
  harness.clock.nowMs = NOW_MS;
});
afterAll(() => harness.close());

const apply = (applicationId: string, consents?: unknown) =>
  harness.post('/v1/applications', applicationOf(applicationId, consents === undefined ? {} : { consents }));
const withdraw = (applicationId: string, kind: string, key?: string) =>
  harness.post(`/v1/applications/${applicationId}/consents/${kind}/withdrawal`, { reason: 'asked by letter' }, key);
const view = async (applicationId: string) => (await harness.get(`/v1/applications/${applicationId}`)).body;

describe('consents', () => {
  it('come with an application, beside the one that it gives by coming', async () => {
    expect(
      (await apply('given', [{ sourceKind: 'identity', until: '2026-07-31' }, { sourceKind: 'consumption' }])).status,
    ).toBe(202);
    const { consents, sources } = await view('given');
    expect(consents).toEqual([
      expect.objectContaining({ sourceKind: 'application', fromMs: NOW_MS, untilMs: null, withdrawnAtMs: null }),
      expect.objectContaining({ sourceKind: 'consumption', untilMs: null }),
      // The end of the last day in Shanghai.
      expect.objectContaining({ sourceKind: 'identity', untilMs: Date.UTC(2026, 6, 31, 16) }),
    ]);
    expect(sources).toEqual([
      expect.objectContaining({
        sourceKind: 'application',
        supplier: 'applicant',
        status: 'partial',
        seenAtMs: NOW_MS,
      }),
    ]);
    expect(sources[0].missing).toContain('finances.monthlyDebtServiceFen');
    // Consents go into no workflow, and neither do figures.
    expect(JSON.stringify(harness.gateway.asked)).not.toMatch(/consent|monthlyIncomeFen/);
  });

  it('are part of what was received: other ones under its id are another application', async () => {
    expect((await apply('same', [{ sourceKind: 'identity' }])).status).toBe(202);
    expect((await apply('same', [{ sourceKind: 'identity' }])).status).toBe(202);
    expect((await apply('same', [{ sourceKind: 'consumption' }])).status).toBe(409);
    expect((await apply('same')).status).toBe(409);
    expect((await view('same')).consents).toHaveLength(2);
    // Also when one was withdrawn meanwhile: it was given so.
    expect((await withdraw('same', 'identity')).status).toBe(200);
    expect((await apply('same', [{ sourceKind: 'identity' }])).status).toBe(202);
  });

  it.each([
    ['of what an application is', [{ sourceKind: 'application' }], 'consents.0.sourceKind'],
    ['of a kind twice', [{ sourceKind: 'identity' }, { sourceKind: 'identity' }], 'consents'],
    ['that are over', [{ sourceKind: 'identity', until: '2026-07-09' }], 'consents.0.until'],
    ['until no date', [{ sourceKind: 'identity', until: 'summer' }], 'consents.0.until'],
    ['with a misspelt field', [{ sourceKind: 'identity', untill: '2026-07-31' }], 'consents.0.untill'],
    ['that are no list', { sourceKind: 'identity' }, 'consents'],
  ])('%s are refused by field, and nothing is kept', async (_case, consents, field) => {
    const before = await harness.count('consent');
    const { status, body } = await apply(`refused-${field}`.replaceAll(/[^a-z-]/g, '-'), consents);
    expect({ status, fields: body.errors.map((error: { field: string }) => error.field) }).toEqual({
      status: 400,
      fields: [field],
    });
    expect(await harness.count('consent')).toBe(before);
  });

  it('are withdrawn once, by whom and why, for good', async () => {
    await apply('withdrawn', [{ sourceKind: 'financial-record' }]);
    harness.clock.nowMs += 1_000;
    const first = await withdraw('withdrawn', 'financial-record', 'key-1');
    expect(first).toMatchObject({
      status: 200,
      body: { sourceKind: 'financial-record', withdrawnAtMs: NOW_MS + 1_000, untilMs: NOW_MS + 1_000 },
    });
    harness.clock.nowMs += 1_000;
    expect((await withdraw('withdrawn', 'financial-record', 'key-1')).body).toEqual(first.body);
    expect((await withdraw('withdrawn', 'financial-record', 'key-2')).body).toEqual(first.body);
    const { rows } = await harness.pool.query(
      `select withdrawn_by as by, withdrawn_reason as reason from consent where withdrawn_at_ms is not null
         and application_id = 'withdrawn'`,
    );
    expect(rows).toEqual([{ by: expect.stringMatching(/^system:/), reason: 'asked by letter' }]);
  });

  it('that were never given, or are of nobody, are not found', async () => {
    await apply('bare');
    expect((await withdraw('bare', 'identity')).status).toBe(404);
    expect((await withdraw('nobody', 'identity')).status).toBe(404);
    expect((await withdraw('bare', 'gossip')).status).toBe(400);
    // What was told may be withdrawn as well.
    expect((await withdraw('bare', 'application')).status).toBe(200);
  });
});
