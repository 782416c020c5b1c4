/**
 * Drawing verification codes and sealing them. The database holds keyed hashes only: without the key a stolen copy
 * tells neither a code nor whose phone it was sent to, and 11 digits could be tried out in no time.
 */
import { createHmac, hkdfSync, randomInt, timingSafeEqual } from 'node:crypto';

/**
 * Without vowels, so that no word comes out, and without what is mistaken for another: 0 O, 1 I L, B 8, S 5, Z 2, G 6,
 * U V. 24 to the power of 8 is 1.1e11 codes (decision 0020).
 */
export const CODE_ALPHABET = '23456789CDFHJKMNPQRTVWXY';
export const CODE_LENGTH = 8;

const KEY_BYTES = 32;

export interface NoticeCodes {
  /** A new code: random, and derived from nothing. */
  draw(): string;
  /** Hexadecimal. Bound to tenant and phone, so that a code answers for no other. */
  hashCode(tenantId: string, phone: string, code: string): string;
  hashPhone(tenantId: string, phone: string): string;
  /** Of the network address that a check came from. */
  hashAddress(tenantId: string, address: string): string;
  /** Whether two hashes are one; it takes as long for all that are not. */
  isSame(hash: string, other: string): boolean;
}

/** `key`: 32 bytes, of its own for this use. */
export function createNoticeCodes(key: Buffer): NoticeCodes {
  if (key.length !== KEY_BYTES) throw new Error(`the code key has ${key.length} bytes; it needs ${KEY_BYTES}`);
  // A key for each use: what is a phone's hash in one column is not a code's hash in another.
  const hashWith = (use: string) => {
    const usedKey = Buffer.from(hkdfSync('sha256', key, '', `creditloom notice ${use}`, KEY_BYTES));
    return (...parts: string[]) => createHmac('sha256', usedKey).update(JSON.stringify(parts)).digest('hex');
  };
  return {
    draw: () => Array.from({ length: CODE_LENGTH }, () => CODE_ALPHABET[randomInt(CODE_ALPHABET.length)]).join(''),
    hashCode: hashWith('code'),
    hashPhone: hashWith('phone'),
    hashAddress: hashWith('address'),
    isSame: (hash, other) => timingSafeEqual(Buffer.from(hash, 'hex'), Buffer.from(other, 'hex')),
  };
}
