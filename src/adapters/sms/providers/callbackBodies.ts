/** Reading of JSON that came from outside, for callbacks: strict, and silent about what it read. */
import { createHash } from 'node:crypto';
import { MalformedCallback, type PushedRow } from '../port';

export type Row = Record<string, unknown>;

/** More than any provider pushes at once; the same bound as for signed receipts. */
const MOST_ROWS = 1000;
const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** The one object of a body. */
export function readRow(body: Buffer): Row {
  return asRow(readJson(body));
}

/** Each entry of the array by itself; throws only where there are none to tell apart. */
export function rowsOf<Read>(body: Buffer, read: (row: Row) => readonly Read[]): PushedRow<Read>[] {
  const text = readJson(body);
  if (!text.startsWith('[')) throw new MalformedCallback('the body is not a JSON array');
  const entries = partsOf(text);
  if (entries.length > MOST_ROWS) throw new MalformedCallback(`the body has more than ${MOST_ROWS} entries`);
  return entries.map((raw) => {
    try {
      return { read: read(asRow(raw)) };
    } catch (error) {
      if (!(error instanceof MalformedCallback)) throw error;
      return { fault: error.message, raw };
    }
  });
}

/** All of them, or the first fault. */
export function allOf<Read>(rows: readonly PushedRow<Read>[]): Read[] {
  return rows.flatMap((row) => {
    if ('fault' in row) throw new MalformedCallback(row.fault);
    return row.read;
  });
}

/** The text of a body that is JSON, without what surrounds it. */
function readJson(body: Buffer): string {
  try {
    const text = UTF8.decode(body).trim();
    JSON.parse(text);
    return text;
  } catch {
    throw new MalformedCallback('the body is not JSON in UTF-8');
  }
}

/** What is said twice is said by neither: readers of JSON take the one or the other. */
function asRow(text: string): Row {
  if (!text.startsWith('{')) throw new MalformedCallback('an entry is not a JSON object');
  const names = new Set<string>();
  for (const name of partsOf(text).map(nameOf)) {
    // The name is the caller's own text: only what is a word of letters is said.
    if (names.has(name))
      throw new MalformedCallback(`${/^[a-z_]{1,40}$/i.test(name) ? name : 'a field'} is told twice`);
    names.add(name);
  }
  return JSON.parse(text) as Row;
}

/** The texts between the commas of an array or an object that is JSON. */
function partsOf(json: string): string[] {
  const parts: string[] = [];
  let [depth, start, isQuoted] = [0, 1, false];
  for (let at = 0; at < json.length; at += 1) {
    const sign = json[at];
    if (isQuoted) {
      if (sign === '\\') at += 1;
      else if (sign === '"') isQuoted = false;
      continue;
    }
    if (sign === '"') isQuoted = true;
    else if (sign === '[' || sign === '{') depth += 1;
    else if (sign === ']' || sign === '}') depth -= 1;
    const isEnd = depth === 0 || (depth === 1 && sign === ',');
    if (!isEnd) continue;
    const part = json.slice(start, at).trim();
    if (part !== '') parts.push(part);
    start = at + 1;
  }
  return parts;
}

/** Of a part of an object. */
function nameOf(part: string): string {
  const quoted = /^"(?:[^"\\]|\\.)*"/.exec(part)?.[0] ?? '""';
  return JSON.parse(quoted) as string;
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
