/**
 * Records of a CSV file as they stand in it, one after the other, from a stream of text. Written here and not taken from
 * a package, because a record goes back out as it came: what is parsed and written anew is another text.
 */

export interface CsvRecord {
  /** Of its first character; the header is on line 1. */
  line: number;
  /** As it stands in the file, without its end of line. */
  text: string;
  /** Unquoted, otherwise untouched. */
  fields: string[];
}

const BYTE_ORDER_MARK = '\ufeff';

/** A quoted field may hold commas and ends of lines. A quote that is never closed makes the rest one record. */
export async function* csvRecords(chunks: AsyncIterable<string>): AsyncGenerator<CsvRecord> {
  let held: string[] = [];
  let heldQuotes = 0;
  let line = 1;
  for await (const text of linesOf(chunks)) {
    held.push(held.length === 0 && line === 1 && text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text);
    heldQuotes += quotesIn(text);
    if (heldQuotes % 2 === 1) continue;
    yield recordOf(held, line);
    line += held.length;
    held = [];
    heldQuotes = 0;
  }
  if (held.length > 0) yield recordOf(held, line);
}

/** Without the end of the line, be it LF or CR LF. */
async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const each of lines) yield each.endsWith('\r') ? each.slice(0, -1) : each;
  }
  if (rest !== '') yield rest.endsWith('\r') ? rest.slice(0, -1) : rest;
}

function quotesIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) count += 1;
  return count;
}

function recordOf(held: readonly string[], line: number): CsvRecord {
  const text = held.join('\n');
  return { line, text, fields: text.includes('"') ? quotedFields(text) : text.split(',') };
}

const FIELD = /\s*"((?:[^"]|"")*)"[^,]*|[^,]*/y;

function quotedFields(text: string): string[] {
  const fields: string[] = [];
  for (let at = 0; at <= text.length; at = FIELD.lastIndex + 1) {
    FIELD.lastIndex = at;
    const [whole = '', inner] = FIELD.exec(text) ?? [];
    fields.push(inner === undefined ? whole : inner.replaceAll('""', '"'));
    if (FIELD.lastIndex < at) FIELD.lastIndex = at + whole.length;
  }
  return fields;
}
