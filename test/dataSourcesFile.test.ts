/** The file of suppliers, what it says of a fault without repeating a value, and a policy that asks for one it has not. */
import { describe, expect, it } from '@jest/globals';
import { insertPolicy } from '../src/db/policy/policies';
import { inTransaction } from '../src/db/transaction';
import { defaultPolicy } from '../src/domain/policy/defaultPolicy';
import { ConfigError } from '../src/platform/config/configError';
import { parseDataSources } from '../src/platform/config/dataSources';
import { suppliedSources } from '../src/platform/wiring/dataSources';
import { TENANT, useDatabase } from './db/testDatabase';

const SUPPLIER = {
  supplier: 'bureau-1',
  url: 'https://bureau.example/v1',
  keyId: 'lender-1',
  secret: 'pw-12345-not-a-real-secret-of-32-characters',
};

describe('the file of suppliers', () => {
  it('names any of the three kinds', () => {
    expect(parseDataSources(JSON.stringify({ identity: SUPPLIER }))).toEqual({ identity: SUPPLIER });
    expect(parseDataSources('{}')).toEqual({});
  });

  it.each([
    ['no JSON', 'not json pw-12345', /DATA_SOURCES_FILE is not JSON/],
    ['an unknown kind', JSON.stringify({ gossip: SUPPLIER }), /its top/],
    ['a way in clear', JSON.stringify({ identity: { ...SUPPLIER, url: 'http://bureau.example' } }), /identity\.url/],
    ['a short secret', JSON.stringify({ identity: { ...SUPPLIER, secret: 'pw-12345' } }), /identity\.secret/],
    ['a supplier without a name', JSON.stringify({ identity: { ...SUPPLIER, supplier: '' } }), /identity\.supplier/],
  ])('refuses %s, and repeats no secret', (_case, text, message) => {
    expect(() => parseDataSources(text)).toThrow(ConfigError);
    expect(() => parseDataSources(text)).toThrow(message);
    expect(() => parseDataSources(text)).not.toThrow(/pw-12345/);
  });
});

describe('a start', () => {
  const database = useDatabase();
  const start = (date: string) =>
    suppliedSources(database.pool, { dataSourcesFile: undefined, tenantId: TENANT }, Date.parse(`${date}T04:00:00Z`));

  it('is refused under a policy, in force or to come, that asks for who is not there; one that is over asks nobody', async () => {
    expect(await start('2026-03-01')).toEqual({});
    const sources = {
      required: [{ kind: 'consumption' as const, freshDays: 30 }],
      retryAfterMinutes: [60],
      deadlineHours: 24,
    };
    const asking = {
      ...defaultPolicy,
      version: 'asks',
      effectiveFrom: '2026-04-01',
      assessment: { ...defaultPolicy.assessment, sources },
    };
    const after = { ...defaultPolicy, version: 'asks-not', effectiveFrom: '2026-06-01' };
    await inTransaction(database.owner, async (client) => {
      for (const policy of [asking, after]) await insertPolicy(client, { tenantId: TENANT, policy });
    });
    for (const date of ['2026-03-01', '2026-05-01']) {
      await expect(start(date)).rejects.toThrow(
        /policy asks asks for a source of consumption, and DATA_SOURCES_FILE names no supplier of it: add/,
      );
    }
    expect(await start('2026-06-01')).toEqual({});
  });
});
