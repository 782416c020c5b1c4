/** The commands on API keys, on a real database: what they make, tell, replace and end. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { hashKey } from '../../../src/api/operations/keys';
import { ArgumentError } from '../../../src/cli/arguments';
import { keys } from '../../../src/cli/operations/keys';
import { findApiKey, insertApiKey } from '../../../src/db/operations/apiKeys';
import { inTransaction } from '../../../src/db/transaction';
import { TENANT, useDatabase } from '../../db/testDatabase';
import { BOOKS_KEY } from '../../setup/environment';

const database = useDatabase();

async function run(...words: string[]) {
  let text = '';
  const write = (written: string) => {
    text += written;
  };
  // As in the API's container, where the first key is made: the narrower of the two roles.
  const settings = { DATABASE_URL: database.apiUrl, TENANT_ID: TENANT, BOOKS_KEY };
  const code = await keys(words, { settings, write, report: () => undefined });
  return { code, text, key: text.trim().split('\n').at(-1) ?? '', keyId: /key id ([^,]+),/.exec(text)?.[1] ?? '' };
}

const found = (key: string) => findApiKey(database.pool, { keyHash: hashKey(key) });

describe('keys', () => {
  beforeAll(async () => {
    const old = {
      tenantId: TENANT,
      keyId: 'old',
      keyHash: 'b'.repeat(64),
      scopes: ['portfolio:read'],
      label: 'local run',
    };
    await inTransaction(database.pool, (client) => insertApiKey(client, old));
  });

  it('create makes one for a person, with an end, and shows it once', async () => {
    const scopes = 'portfolio:read,ledger:read';
    const { code, text, key } = await run(
      'create',
      '--label',
      'desk',
      '--scopes',
      scopes,
      '--principal',
      'staff:mei',
      '--expires-in',
      '30',
    );
    expect({ code, text }).toEqual({ code: 0, text: expect.stringContaining('acts as staff:mei') });
    expect(await found(key)).toMatchObject({ principal: 'staff:mei', scopes: ['portfolio:read', 'ledger:read'] });
    expect((await found(key))?.expiresAtMs).toBeGreaterThan(Date.now());
    expect((await run('list')).text).not.toContain(key);
  });

  it('create binds one that names nobody to the system of its label', async () => {
    const { key } = await run('create', '--label', 'shop', '--scopes', 'portfolio:read');
    expect(await found(key)).toMatchObject({ principal: 'system:shop', expiresAtMs: null });
  });

  it('list tells who acts, until when, and that it was never used', async () => {
    expect((await run('list')).text).toMatch(/desk-\w{8} {2}staff:mei {2}good until .*, never used {2}portfolio:read/);
  });

  it('rotate makes a successor for the same principal, and ends the old one after the overlap', async () => {
    const { code, key, text } = await run('rotate', 'old', '--overlap', '2');
    expect({ code, text }).toEqual({ code: 0, text: expect.stringContaining('old ends after 2 hour(s)') });
    expect(await found(key)).toMatchObject({
      principal: 'system:local-run',
      keyId: expect.stringMatching(/^local-run-/),
    });
    expect((await run('list')).text).toMatch(/^old {2}system:local-run {2}good until .*, followed by local-run-/m);
    expect(await run('rotate', 'old')).toMatchObject({ code: 1, text: expect.stringContaining('rotated already') });
  });

  it('revoke ends one, once', async () => {
    const { keyId, key } = await run('create', '--label', 'gone', '--scopes', 'portfolio:read');
    expect((await run('revoke', keyId)).code).toBe(0);
    expect(await found(key)).toBeUndefined();
    expect((await run('revoke', keyId)).code).toBe(1);
    expect((await run('list')).text).toMatch(new RegExp(`^${keyId} .*revoked`, 'm'));
  });

  it.each([
    [['create', '--label', 'x', '--scopes', 'portfolio:read', '--principal', 'mei'], '--principal must be staff:NAME'],
    [
      ['create', '--label', 'x', '--scopes', 'portfolio:read', '--principal', 'System:Creditloom'],
      '--principal must be',
    ],
    [['create', '--label', 'x', '--scopes', 'portfolio:write'], 'portfolio:write'],
    [['create', '--label', 'X Y', '--scopes', 'portfolio:read'], '--label must be'],
    [['create', '--label', 'x', '--scopes', 'portfolio:read', '--expires-in', '-1'], '--expires-in must be'],
    [['revoke'], 'usage'],
    [['list', 'all'], 'usage'],
    [['destroy', 'x'], 'usage'],
  ])('%j is refused in words', async (words, says) => {
    const error = await run(...words).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ArgumentError);
    expect((error as Error).message).toContain(says);
  });
});
