/** What a file is that was read as UTF-8 and is something else: told by what it looks like, instead of by what it lacks. */

/** So much of a file tells. */
const LOOKED_AT = 200;
/** A byte that is not UTF-8, as it was read. */
const LOST = '\ufffd';

const BEGINNINGS: readonly [beginning: string, what: string][] = [
  ['PK\u0003\u0004', 'is an archive or a spreadsheet (ZIP, XLSX)'],
  // D0 CF 11 E0 A1 B1, of which the last three are a letter in UTF-8.
  [`${LOST.repeat(2)}\u0011\u0871`, 'is a spreadsheet (XLS)'],
  // 1F 8B
  [`\u001f${LOST}`, 'is compressed (gzip)'],
  ['%PDF-', 'is a document (PDF)'],
];

/** One sentence without its subject, such as `is in UTF-16: save it as UTF-8`; undefined for a text. */
export function foreignTextOf(text: string): string | undefined {
  const start = text.slice(0, LOOKED_AT);
  const binary = BEGINNINGS.find(([beginning]) => start.startsWith(beginning));
  if (binary) return `${binary[1]}: save its content as text in UTF-8`;
  if (isUtf16(start)) return 'is in UTF-16: save it as UTF-8';
  if (start.includes('\0')) return 'is no text: it has zero bytes; give a text file in UTF-8';
  return undefined;
}

/** Every second byte of what is written in ASCII is zero. A byte order mark comes first, as two lost bytes, or none. */
function isUtf16(start: string): boolean {
  const [mark = ''] = /^\ufffd\ufffd/.exec(start) ?? [];
  const units = Array.from(start.slice(mark.length));
  const [even, odd] = [0, 1].map((first) => units.filter((unit, at) => at % 2 === first && unit === '\0').length);
  const zeros = Math.max(even ?? 0, odd ?? 0);
  const others = Math.min(even ?? 0, odd ?? 0);
  return others === 0 && zeros > 0 && (mark !== '' || zeros >= Math.floor(units.length / 3));
}
