/** Who a borrower is does not change by what callers send: another number is refused, and each version says whence it came. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { applicationOf, type Harness, NOW_MS, PERSON, startHarness, TENANT } from './harness';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
beforeEach(() => {
  harness.gateway.asked = [];
  harness.clock.nowMs = NOW_MS;
});
afterAll(() => harness.close());

const NEW_PHONE = '19900000002';
const TABLES = ['borrower', 'vault_identity_version', 'application', 'idempotency_record'];
const counts = () => Promise.all(TABLES.map(harness.count));

/** An application of a borrower who is named by id. */
const applied = (applicationId: string, borrowerId: string, changes: Partial<typeof PERSON> = {}) =>
  harness.post('/v1/applications', applicationOf(applicationId, { borrower: { borrowerId, ...PERSON, ...changes } }));

describe('an application that names a known borrower', () => {
  it.each([
    ['another identity number', { idNumber: '11010519491231002X' }, 'borrower-identity', 'borrower.idNumber'],
    ['another phone', { phone: NEW_PHONE }, 'borrower-phone', 'borrower.phone'],
  ])('with %s is refused, writes nothing and repeats nothing', async (_case, changes, kind, field) => {
    const borrowerId = `known-${kind}`;
    expect((await applied(`first-${kind}`, borrowerId)).status).toBe(202);
    const before = await counts();
    const { status, body, text } = await applied(`second-${kind}`, borrowerId, changes);
    expect({ status, type: body.type, field: body.field }).toEqual({
      ...{ status: 409, type: `urn:creditloom:problem:${kind}`, field },
    });
    expect(await counts()).toEqual(before);
    expect(harness.gateway.asked).toHaveLength(1);
    for (const told of [...Object.values(PERSON), ...Object.values(changes), borrowerId])
      expect(text).not.toContain(told);
    // Nor by sending the first application again with it.
    expect((await applied(`first-${kind}`, borrowerId, changes)).status).toBe(409);
    expect(await counts()).toEqual(before);
  });

  it('with the same person is taken, and adds no version', async () => {
    await applied('same-1', 'same');
    const versions = await harness.count('vault_identity_version');
    expect((await applied('same-2', 'same')).status).toBe(202);
    expect(await harness.count('vault_identity_version')).toBe(versions);
  });

  it('of two at once with different numbers one is taken', async () => {
    const answers = await Promise.all([
      applied('race-1', 'race'),
      applied('race-2', 'race', { idNumber: '11010519491231002X' }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 409]);
  });

  it('under another name keeps both names, each with source, key and date', async () => {
    await applied('name-1', 'renamed');
    harness.clock.nowMs += 86_400_000;
    expect((await applied('name-2', 'renamed', { name: '样例新名' })).status).toBe(202);
    const { body, text } = await harness.get('/v1/borrowers/renamed/identity');
    expect(body.items.filter(({ field }: { field: string }) => field === 'name')).toEqual([
      { field: 'name', version: 1, source: 'application', sourceId: 'name-1', recordedBy: 'key-1', atMs: NOW_MS },
      {
        ...{ field: 'name', version: 2, source: 'application', sourceId: 'name-2' },
        ...{ recordedBy: 'key-1', atMs: NOW_MS + 86_400_000 },
      },
    ]);
    for (const value of Object.values(PERSON)) expect(text).not.toContain(value);
  });
});

