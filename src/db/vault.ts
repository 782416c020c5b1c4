/**
 * The vault: what identifies a person is encrypted before it reaches the database (AES-256-GCM, a random nonce for
 * each value). Tenant, borrower and field are bound to the value, so that a ciphertext copied to another row or column
 * does not open.
 */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

export type IdentityField = 'name' | 'idNumber' | 'phone';
/** Ways to a borrower beside the phone: an e-mail address, and the token of the app on a device. */
export type ContactField = 'email' | 'pushToken';
/** `carrierRow`: what a provider pushed and nothing could be made of; it may hold a phone. */
export type VaultField = IdentityField | ContactField | 'carrierRow';

export interface VaultBinding {
  tenantId: string;
  borrowerId: string;
  field: VaultField;
}

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
  const fingerprintKey = Buffer.from(hkdfSync('sha256', key, '', 'creditloom fingerprint', KEY_BYTES));
  return {
    keyId,
    encrypt: (binding, text) => seal(key, boundTo(binding, keyId), text),
    decrypt(binding, usedKeyId, sealed) {
      const usedKey = keys.get(usedKeyId);
      if (!usedKey) throw new Error(`the vault has no key ${usedKeyId}: add it to the old keys`);
      return open(usedKey, boundTo(binding, usedKeyId), sealed);
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

/** JSON keeps the parts apart: no tenant and borrower run together to the ids of another pair. */
function boundTo({ tenantId, borrowerId, field }: VaultBinding, keyId: string): Buffer {
  return Buffer.from(JSON.stringify([tenantId, borrowerId, field, keyId]));
}
