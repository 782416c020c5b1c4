/** The vault: opens for its own row and field only, and leaves nothing to read in the table. */
import { describe, expect, test } from '@jest/globals';
import { ensureBorrower } from '../../../src/db/origination/borrowers';
import { readIdentity, readPhone, saveIdentity } from '../../../src/db/origination/identities';
import { inTransaction } from '../../../src/db/transaction';
import { createVault, maskPhone, type VaultBinding } from '../../../src/db/vault';
import { ORIGIN } from '../../support/identities';
import { TENANT, useDatabase } from '../testDatabase';

const database = useDatabase();
const KEY = Buffer.alloc(32, 1);
const vault = createVault({ keyId: 'k1', key: KEY });
const BINDING: VaultBinding = { tenantId: TENANT, borrowerId: 'b-1', field: 'phone' };
const IDENTITY = { name: '王小明', idNumber: '00000019900101000X', phone: '13812348000' };

describe('a value', () => {
  test('comes back as it went in, and is never the same twice', () => {
    const sealed = vault.encrypt(BINDING, IDENTITY.name);
    expect(vault.decrypt(BINDING, 'k1', sealed)).toBe(IDENTITY.name);
    expect(vault.encrypt(BINDING, IDENTITY.name).equals(sealed)).toBe(false);
  });

  test.each<[string, Partial<VaultBinding>]>([
    ['tenant', { tenantId: 'other' }],
    ['borrower', { borrowerId: 'b-2' }],
    ['field', { field: 'idNumber' }],
  ])('does not open for another %s', (_, change) => {
    const sealed = vault.encrypt(BINDING, IDENTITY.phone);
    expect(() => vault.decrypt({ ...BINDING, ...change }, 'k1', sealed)).toThrow(/does not open/);
  });

  test('does not open when a bit was changed or bytes are missing', () => {
    const sealed = vault.encrypt(BINDING, IDENTITY.phone);
    for (let index = 0; index < sealed.length; index += 1) {
      const changed = Buffer.from(sealed);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(() => vault.decrypt(BINDING, 'k1', changed)).toThrow(/does not open/);
    }
    expect(() => vault.decrypt(BINDING, 'k1', sealed.subarray(0, 20))).toThrow(/does not open/);
  });

  test('opens with an old key, and with no other', () => {
    const sealed = vault.encrypt(BINDING, IDENTITY.phone);
    const rotated = createVault({ keyId: 'k2', key: Buffer.alloc(32, 2), oldKeys: { k1: KEY } });
    expect(rotated.decrypt(BINDING, 'k1', sealed)).toBe(IDENTITY.phone);
    expect(() => rotated.decrypt(BINDING, 'k2', sealed)).toThrow(/does not open/);
    expect(() => rotated.decrypt(BINDING, 'k3', sealed)).toThrow(/has no key k3/);
    expect(() => createVault({ keyId: 'k', key: Buffer.alloc(16) })).toThrow(/needs 32/);
  });

  test('has a fingerprint that only this key makes', () => {
    const fingerprint = vault.fingerprint(TENANT, 'phone', IDENTITY.phone);
    expect(vault.fingerprint(TENANT, 'phone', IDENTITY.phone)).toBe(fingerprint);
    const other = createVault({ keyId: 'k2', key: Buffer.alloc(32, 2) });
    expect(other.fingerprint(TENANT, 'phone', IDENTITY.phone)).not.toBe(fingerprint);
  });
});

test('an identity is kept unreadable and read back', async () => {
  const borrower = { tenantId: TENANT, borrowerId: 'b-1' };
  await inTransaction(database.pool, async (client) => {
    await ensureBorrower(client, borrower);
    await saveIdentity(client, vault, { ...borrower, identity: IDENTITY, origin: ORIGIN });
  });
  expect(await readIdentity(database.pool, vault, borrower)).toEqual(IDENTITY);
  expect(await readPhone(database.pool, vault, borrower)).toBe(IDENTITY.phone);
  const { rows } = await database.owner.query(
    `select field, value_encrypted as stored, version::text as whole from vault_identity_version version order by field`,
  );
  expect(rows.map(({ field }) => field)).toEqual(['idNumber', 'name', 'phone']);
  for (const text of Object.values(IDENTITY)) {
    for (const { stored, whole } of rows) {
      expect(stored.includes(Buffer.from(text))).toBe(false);
      expect(whole).not.toContain(Buffer.from(text).toString('hex'));
    }
  }
});

test('a part of an identity may be missing', async () => {
  const borrower = { tenantId: TENANT, borrowerId: 'b-no-phone' };
  await inTransaction(database.pool, async (client) => {
    await ensureBorrower(client, borrower);
    await saveIdentity(client, vault, { ...borrower, identity: { name: IDENTITY.name }, origin: ORIGIN });
  });
  expect(await readIdentity(database.pool, vault, borrower)).toEqual({ name: IDENTITY.name });
  expect(await readPhone(database.pool, vault, borrower)).toBeUndefined();
  expect(await readIdentity(database.pool, vault, { ...borrower, borrowerId: 'nobody' })).toBeUndefined();
});

test.each([
  ['13812348000', '138****8000'],
  ['1234567', '****'],
])('the phone %s is shown as %s', (phone, shown) => {
  expect(maskPhone(phone)).toBe(shown);
});
