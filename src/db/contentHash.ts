/** A hash of what a value says, whatever the order of its keys: how a repeat is told from a conflict. */
import { createHash } from 'node:crypto';

/** SHA-256, as hex, of the value's canonical JSON: keys sorted, undefined left out as JSON leaves it out. */
export function contentHash(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}

/** SHA-256, as hex, of a text in UTF-8. */
export function textHash(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((each) => canonicalJson(each ?? null)).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const parts = Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .sort(([first], [second]) => (first < second ? -1 : 1))
      .map(([key, each]) => `${JSON.stringify(key)}:${canonicalJson(each)}`);
    return `{${parts.join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}
