/**
 * What proves that a row was written by this system: HMAC-SHA-256 under a key that is not in the database. Whoever has
 * the application's role and not the key can write rows, and none that the close and the audit take for ours.
 *
 * A connection knows the keys of its pool, so that no statement writes a row of these kinds without.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { canonicalJson } from '../contentHash';

export interface BooksKeys {
  /** Of the key that signs; short, without a dot. */
  keyId: string;
  /** 32 bytes. */
  key: Buffer;
  /** Keys of before by their id: they prove what they signed, and sign nothing any more. */
  old?: Record<string, Buffer> | undefined;
}

export interface Macs {
  /** `KEY-ID.BASE64URL` over what kind of row it is and what it says. */
  sign(kind: string, content: unknown): string;
  /** False as well for a key that is not known. */
  proves(mac: string | null | undefined, kind: string, content: unknown): boolean;
}

const KEY_BYTES = 32;

export function createMacs({ keyId, key, old = {} }: BooksKeys): Macs {
  const keys = new Map([...Object.entries(old), [keyId, key] as const]);
  for (const [id, each] of keys) {
    if (each.length !== KEY_BYTES) throw new Error(`key ${id} of the books has ${each.length} bytes, not ${KEY_BYTES}`);
  }
  const under = (each: Buffer, kind: string, content: unknown) =>
    createHmac('sha256', each)
      .update(`creditloom-${kind}-1\n${canonicalJson(plain(content))}`)
      .digest();
  return {
    sign: (kind, content) => `${keyId}.${under(key, kind, content).toString('base64url')}`,
    proves(mac, kind, content) {
      const [id = '', digest = ''] = mac?.split('.') ?? [];
      const used = keys.get(id);
      if (!used) return false;
      const given = Buffer.from(digest, 'base64url');
      const wanted = under(used, kind, content);
      return given.length === wanted.length && timingSafeEqual(given, wanted);
    },
  };
}

/** Bytes as hexadecimal digits: as JSON they would be an object. */
function plain(content: unknown): unknown {
  if (Buffer.isBuffer(content)) return content.toString('hex');
  if (Array.isArray(content)) return content.map(plain);
  if (content === null || typeof content !== 'object') return content;
  return Object.fromEntries(Object.entries(content).map(([key, value]) => [key, plain(value)]));
}

/** A property, so that who stands before a connection has it as well. */
const MACS = Symbol('keys of the books');

/** Of a pool, or of a connection of it. */
export function knowMacs(database: object, macs: Macs): void {
  Object.defineProperty(database, MACS, { value: macs });
}

/** Whether the database was opened with the key. */
export function hasMacs(database: object): boolean {
  return Reflect.get(database, MACS) !== undefined;
}

/** Throws for a database that was opened without the key. */
export function macsOf(database: object): Macs {
  const macs: Macs | undefined = Reflect.get(database, MACS);
  if (!macs) throw new Error('this database was opened without the key of the books (BOOKS_KEY)');
  return macs;
}
