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
  /** A field begins with a quote that nothing closes. */
  isOpen: boolean;
}

const BYTE_ORDER_MARK = '\ufeff';
/** A quoted field over more lines is a quote that was forgotten: only its own line is lost. */
const MOST_LINES = 20;
/** One field, from its place on: quoted, or up to the next comma. */
const FIELD = /[ \t]*"((?:[^"]|"")*)"[^,]*|[^,]*/y;
const OPEN_FIELD = /^[ \t]*"/;

/** A quoted field may hold commas and ends of lines. */
export async function* csvRecords(chunks: AsyncIterable<string>): AsyncGenerator<CsvRecord> {
  const held: string[] = [];
  let line = 1;
  const take = function* (isLast: boolean): Generator<CsvRecord> {
    for (let record = recordOf(held, line, isLast); record; record = recordOf(held, line, isLast)) {
      const lines = record.text.split('\n').length;
      held.splice(0, lines);
      line += lines;
      yield record;
    }
  };
  for await (const text of linesOf(chunks)) {
    held.push(text);
    yield* take(false);
  }
  yield* take(true);
}

/** Without the end of the line, be it LF or CR LF, and without a byte order mark. */
async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  let isFirst = true;
  const plain = (text: string): string => {
    const line = text.endsWith('\r') ? text.slice(0, -1) : text;
    const isMarked = isFirst && line.startsWith(BYTE_ORDER_MARK);
    isFirst = false;
    return isMarked ? line.slice(1) : line;
  };
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const each of lines) yield plain(each);
  }
  if (rest !== '') yield plain(rest);
}

/** The first record of the lines; undefined where more of them must come. */
function recordOf(held: readonly string[], line: number, isLast: boolean): CsvRecord | undefined {
  for (let count = 1; count <= held.length; count += 1) {
    const text = held.slice(0, count).join('\n');
    const { fields, isOpen } = fieldsOf(text);
    if (!isOpen) return { line, text, fields, isOpen };
  }
  const [text] = held;
  const isFull = isLast || held.length >= MOST_LINES;
  return text === undefined || !isFull ? undefined : { line, text, fields: text.split(','), isOpen: true };
}

function fieldsOf(text: string): { fields: string[]; isOpen: boolean } {
  if (!text.includes('"')) return { fields: text.split(','), isOpen: false };
  const fields: string[] = [];
  for (let at = 0; at <= text.length; at = FIELD.lastIndex + 1) {
    FIELD.lastIndex = at;
    const [whole = '', inner] = FIELD.exec(text) ?? [];
    if (inner === undefined && OPEN_FIELD.test(whole)) return { fields, isOpen: true };
    fields.push(inner === undefined ? whole : inner.replaceAll('""', '"'));
  }
  return { fields, isOpen: false };
}
