/**
 * What JSON says and `JSON.parse` loses: a name that an object gives twice, of which it keeps the last, and a number
 * that a double does not hold, which it rounds. Both are found in the text, because the parsed value shows neither.
 */

export type JsonFault =
  | { kind: 'twice'; field: string; line: number; firstLine: number }
  | {
      kind: 'inexact';
      field: string;
      line: number;
      /** As it is written. */
      written: string;
      /** What would be read: of what is too large, no number. */
      readAs: number;
    };

interface Frame {
  /** Of an object: names that were given, with their lines. */
  names?: Map<string, number>;
  /** Name or place of the value that is read. */
  at: string | number;
}

const NUMBER = /-?\d[\d.eE+-]*/y;

/** More tell a reader nothing, and a text made of faults would be a long answer. */
const MOST_FAULTS = 20;

/**
 * Such faults in the order of the text, the first {@link MOST_FAULTS}. `field` is the path from the top, such as `borrower.phone` or
 * `items.2.amountFen`; empty for a number that is the whole text. Lines count from 1. The text must be JSON: one that
 * `JSON.parse` refuses gives faults without meaning, or none.
 */
export function faultsOfJson(text: string): JsonFault[] {
  const faults: JsonFault[] = [];
  const frames: Frame[] = [];
  let line = 1;
  for (let at = 0; at < text.length && faults.length < MOST_FAULTS; ) {
    const sign = text[at] ?? '';
    const frame = frames.at(-1);
    let end = at + 1;
    if (sign === '\n') line += 1;
    else if (sign === '{') frames.push({ names: new Map(), at: '' });
    else if (sign === '[') frames.push({ at: 0 });
    else if (sign === '}' || sign === ']') frames.pop();
    else if (sign === ',' && typeof frame?.at === 'number') frame.at += 1;
    else if (sign === '"') {
      end = endOfString(text, at);
      if (frame?.names && isName(text, end)) {
        const name = JSON.parse(text.slice(at, end)) as string;
        frame.at = name;
        const firstLine = frame.names.get(name);
        if (firstLine === undefined) frame.names.set(name, line);
        else faults.push({ kind: 'twice', field: fieldOf(frames), line, firstLine });
      }
    } else if (sign === '-' || (sign >= '0' && sign <= '9')) {
      NUMBER.lastIndex = at;
      const written = NUMBER.exec(text)?.[0] ?? sign;
      end = at + written.length;
      const readAs = Number(written);
      if (!isExact(written, readAs)) faults.push({ kind: 'inexact', field: fieldOf(frames), line, written, readAs });
    }
    at = end;
  }
  return faults;
}

/** More levels than any document of ours has: what walks a value afterwards may do so by calling itself. */
export const MOST_LEVELS = 32;

/** Whether a text has more than {@link MOST_LEVELS} levels of objects and arrays; it need not be JSON. */
export function goesTooDeep(text: string): boolean {
  let levels = 0;
  for (let at = 0; at < text.length; ) {
    const sign = text[at];
    if (sign === '"') {
      at = endOfString(text, at);
      continue;
    }
    if (sign === '{' || sign === '[') levels += 1;
    else if (sign === '}' || sign === ']') levels -= 1;
    if (levels > MOST_LEVELS) return true;
    at += 1;
  }
  return false;
}

function fieldOf(frames: readonly Frame[]): string {
  return frames.map(({ at }) => at).join('.');
}

/** After the closing quote. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

/** Whether a string that ends here is the name of a field. */
function isName(text: string, end: number): boolean {
  let at = end;
  while (/\s/.test(text[at] ?? '')) at += 1;
  return text[at] === ':';
}

/**
 * Whether a number is read as what is written. A whole one must be the very number; a fraction, which a double seldom
 * is, must be the one that it is written as again.
 */
function isExact(written: string, readAs: number): boolean {
  if (!Number.isFinite(readAs)) return false;
  const asked = decimalOf(written);
  const again = Number.isInteger(readAs) ? String(BigInt(readAs)) : String(readAs);
  const held = decimalOf(again);
  return asked.digits === held.digits && (asked.digits === '' || asked.exponent === held.exponent);
}

/** A decimal as its significant digits with their sign, and the power of ten of the last one; nothing has no digits. */
function decimalOf(text: string): { digits: string; exponent: number } {
  const [mantissa = '', power = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  const all = whole + fraction;
  let first = 0;
  while (all[first] === '0') first += 1;
  let last = all.length;
  while (last > first && all[last - 1] === '0') last -= 1;
  const digits = all.slice(first, last);
  const exponent = Number(power) - fraction.length + (all.length - last);
  return { digits: text.startsWith('-') && digits !== '' ? `-${digits}` : digits, exponent };
}
