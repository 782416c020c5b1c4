/**
 * The vault: what identifies a person is encrypted before it reaches the database (AES-256-GCM, a random nonce for
 * each value). Tenant, borrower and field are bound to the value, so that a ciphertext copied to another row or column
 * does not open.
 */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import type { IdentityField } from '../domain/origination/identity';

/** Ways to a borrower beside the phone: an e-mail address, and the token of the app on a device. */
export const CONTACT_FIELDS = ['email', 'pushToken'] as const;
export type ContactField = (typeof CONTACT_FIELDS)[number];
/** `carrierRow`: what a provider pushed and nothing could be made of; it may hold a phone. `request`: of its hash alone. */
type VaultField = IdentityField | ContactField | 'carrierRow' | 'request';

interface PersonRef {
  tenantId: string;
  borrowerId: string;
}

export interface VaultBinding extends PersonRef {
  field: VaultField;
}

/** A key of one person, as the database holds it: encrypted by the vault's key. */
export interface WrappedKey {
  /** Of the vault's key. */
  keyId: string;
  wrapped: Buffer;
}

/**
 * Encrypts what is known of one person. Whoever destroys its wrapped form makes all of that unreadable, also in copies
 * of the rows. A value is bound to what its row says of it: `row` is the same for both, whole, or it does not open.
 */
export interface PersonKey {
  seal(row: SealedRow, text: string): Buffer;
  /** Throws when the value was sealed by another key or for another row. Never tells the value. */
  open(row: SealedRow, sealed: Buffer): string;
}

export type SealedRow = readonly (string | number | null)[];

export interface VaultKey {
  keyId: string;
  /** 32 bytes. */
  key: Buffer;
  /** Keys of before by their id: they open what they closed, and close nothing any more. */
  oldKeys?: Record<string, Buffer> | undefined;
}

export interface Vault {
  /** The key that new values are encrypted with. */
  readonly keyId: string;
  encrypt(binding: VaultBinding, text: string): Buffer;
  /** Throws when the key is unknown, or the value was not encrypted for this binding. Never tells the value. */
  decrypt(binding: VaultBinding, keyId: string, sealed: Buffer): string;
  /** A new key for a person, and its wrapped form to be kept. */
  makePersonKey(person: PersonRef): { wrapped: WrappedKey; key: PersonKey };
  /** Throws when the key was wrapped for another person, or by a key that the vault has not. */
  openPersonKey(person: PersonRef, wrapped: WrappedKey): PersonKey;
  /** A keyed fingerprint: finds equal values without telling them. A plain hash of a phone number could be guessed. */
  fingerprint(tenantId: string, field: VaultField, text: string): string;
}

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export function createVault({ keyId, key, oldKeys = {} }: VaultKey): Vault {
  const keys = new Map([...Object.entries(oldKeys), [keyId, key] as const]);
  for (const [id, each] of keys) {
    if (each.length !== KEY_BYTES) throw new Error(`vault key ${id} has ${each.length} bytes; it needs ${KEY_BYTES}`);
  }
  const keyOf = (id: string, among: ReadonlyMap<string, Buffer> = keys): Buffer => {
    const found = among.get(id);
    if (!found) throw new Error(`the vault has no key ${id}: add it to the old keys`);
    return found;
  };
  // Derived once: a sweep opens a person's key for each notice.
  const wrappingKeys = new Map([...keys].map(([id, each]) => [id, wrappingKey(each)]));
  const fingerprintKey = Buffer.from(hkdfSync('sha256', key, '', 'creditloom fingerprint', KEY_BYTES));
  return {
    keyId,
    encrypt: (binding, text) => seal(key, boundTo(binding, keyId), text),
    decrypt(binding, usedKeyId, sealed) {
      return open(keyOf(usedKeyId), boundTo(binding, usedKeyId), sealed);
    },
    makePersonKey(person) {
      const made = randomBytes(KEY_BYTES);
      const wrapped = seal(keyOf(keyId, wrappingKeys), personBound(person, keyId), made.toString('base64'));
      return { wrapped: { keyId, wrapped }, key: personKey(made, person) };
    },
    openPersonKey(person, { keyId: usedKeyId, wrapped }) {
      const opened = open(keyOf(usedKeyId, wrappingKeys), personBound(person, usedKeyId), wrapped);
      return personKey(Buffer.from(opened, 'base64'), person);
    },
    fingerprint: (tenantId, field, text) =>
      createHmac('sha256', fingerprintKey)
        .update(JSON.stringify([tenantId, field, text]))
        .digest('hex'),
  };
}

/** `13812348000` as 138****8000; what is too short to hide enough of is hidden whole. */
export function maskPhone(phone: string): string {
  return phone.length < 8 ? '****' : `${phone.slice(0, 3)}****${phone.slice(-4)}`;
}

/** Nonce, tag, ciphertext. */
function seal(key: Buffer, bound: Buffer, text: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES }).setAAD(bound);
  const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]);
}

function open(key: Buffer, bound: Buffer, sealed: Buffer): string {
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const tag = sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
  try {
    const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES }).setAAD(bound).setAuthTag(tag);
    return decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
  } catch {
    throw new Error('a vault value does not open: it was encrypted for another row or field, or was altered');
  }
}

/** Apart from the key that values of before are encrypted with: no ciphertext of one can be taken for one of the other. */
function wrappingKey(key: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', 'creditloom keys of persons', KEY_BYTES));
}

function personBound({ tenantId, borrowerId }: PersonRef, keyId: string): Buffer {
  return Buffer.from(JSON.stringify([tenantId, borrowerId, keyId]));
}

function personKey(key: Buffer, { tenantId, borrowerId }: PersonRef): PersonKey {
  const bound = (row: SealedRow) => Buffer.from(JSON.stringify([tenantId, borrowerId, ...row]));
  return {
    seal: (row, text) => seal(key, bound(row), text),
    open: (row, sealed) => open(key, bound(row), sealed),
  };
}

/** JSON keeps the parts apart: no tenant and borrower run together to the ids of another pair. */
function boundTo({ tenantId, borrowerId, field }: VaultBinding, keyId: string): Buffer {
  return Buffer.from(JSON.stringify([tenantId, borrowerId, field, keyId]));
}
