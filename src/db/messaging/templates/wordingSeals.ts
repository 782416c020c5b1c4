/** Seals of reviews: a keyed hash of who reviewed which wording. Rows can be written by whoever has the database. */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { textHash } from '../../contentHash';

interface WordingReview {
  tenantId: string;
  kind: string;
  version: number;
  wordingHash: string;
  submittedBy: string;
  approvedBy: string;
}

export interface WordingSeals {
  /** Hexadecimal. */
  seal(review: WordingReview): string;
  isSealed(review: WordingReview, seal: string): boolean;
}

const KEY_BYTES = 32;

/** `key`: 32 bytes that are not in the database; other uses of the same bytes get other keys. */
export function createWordingSeals(key: Buffer): WordingSeals {
  if (key.length !== KEY_BYTES) throw new Error(`the key of the seals has ${key.length} bytes; it needs ${KEY_BYTES}`);
  const sealing = Buffer.from(hkdfSync('sha256', key, '', 'creditloom wording review', KEY_BYTES));
  const seal = ({ tenantId, kind, version, wordingHash, submittedBy, approvedBy }: WordingReview): string =>
    createHmac('sha256', sealing)
      .update(JSON.stringify([tenantId, kind, version, wordingHash, submittedBy, approvedBy]))
      .digest('hex');
  return {
    seal,
    isSealed: (review, given) => timingSafeEqual(Buffer.from(seal(review)), Buffer.from(given.padEnd(64).slice(0, 64))),
  };
}

/** Of a wording as it would go out: signature and body. */
export function wordingHashOf({ body, signature }: { body: string; signature: string }): string {
  return textHash(JSON.stringify([signature, body]));
}
