/** Reading of JSON that came from outside, for callbacks: strict, and silent about what it read. */
import { createHash } from 'node:crypto';
import { MalformedCallback } from '../port';

export type Row = Record<string, unknown>;

/** More than any provider pushes at once; the same bound as for signed receipts. */
const MOST_ROWS = 1000;
const UTF8 = new TextDecoder('utf-8', { fatal: true });

export function readJson(body: Buffer): unknown {
  try {
    return JSON.parse(UTF8.decode(body));
  } catch {
    throw new MalformedCallback('the body is not JSON in UTF-8');
  }
}

export function readRows(body: Buffer): Row[] {
  const parsed = readJson(body);
  if (!Array.isArray(parsed)) throw new MalformedCallback('the body is not a JSON array');
  if (parsed.length > MOST_ROWS) throw new MalformedCallback(`the body has more than ${MOST_ROWS} entries`);
  return parsed.map(asRow);
}

export function asRow(value: unknown): Row {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new MalformedCallback('an entry is not a JSON object');
  }
  return value as Row;
}

/** A text of 1 to `most` characters without control characters; the database takes no NUL. */
export function textOf(row: Row, field: string, most: number): string {
  const text = optionalText(row, field, most);
  if (text === undefined) throw new MalformedCallback(`${field} is missing`);
  return text;
}

/** The same, and undefined where it is missing, null or empty. */
export function optionalText(row: Row, field: string, most: number): string | undefined {
  const value = Object.hasOwn(row, field) ? row[field] : undefined;
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string') throw new MalformedCallback(`${field} is not a text`);
  if (value.length > most) throw new MalformedCallback(`${field} is too long`);
  return value;
}

/** An id: printable, without spaces. */
export function idOf(row: Row, field: string): string {
  const id = textOf(row, field, 100);
  if (!/^[\x21-\x7e]+$/.test(id)) throw new MalformedCallback(`${field} is not an id`);
  return id;
}

/** Our reference as it was echoed. What cannot be one of ours is left out, and the receipt kept without it. */
export function referenceOf(row: Row, field: string): string | undefined {
  const value = Object.hasOwn(row, field) ? row[field] : undefined;
  return typeof value === 'string' && /^[\x21-\x7e]{1,64}$/.test(value) ? value : undefined;
}

/** One key for the same content. Keys of different providers never meet. */
export function contentKey(provider: string, content: readonly unknown[]): string {
  return createHash('sha256')
    .update(JSON.stringify([provider, ...content]))
    .digest('hex');
}

/** A provider's code as it may be kept: what may hold a phone number is not. */
export function codeOf(row: Row, field: string): string {
  const code = optionalText(row, field, 200) ?? 'none';
  return /^[\w:.\-/ ]{1,60}$/.test(code) && !/\d{7}/.test(code) ? code : 'unreadable';
}
