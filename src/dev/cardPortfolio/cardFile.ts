/**
 * Reads a file of card accounts in the shape of the UCI data set "default of credit card clients": a header, then an
 * account a line with its limit and six months of bills, payments and reported delinquency. A line that cannot be
 * right is refused with its reason, and the others stand. Columns that are not named here are never read: sex,
 * marriage and age decide nothing.
 */
import { parse } from 'csv-parse/sync';
import { foreignTextOf } from '../../domain/values/foreignText';
import type { Fen } from '../../domain/values/money';

/** The months of the file, oldest first, each with its columns. The file counts back from September, and has no PAY_1. */
export const MONTHS = [
  { month: '2005-04', bill: 'BILL_AMT6', paid: 'PAY_AMT6', status: 'PAY_6' },
  { month: '2005-05', bill: 'BILL_AMT5', paid: 'PAY_AMT5', status: 'PAY_5' },
  { month: '2005-06', bill: 'BILL_AMT4', paid: 'PAY_AMT4', status: 'PAY_4' },
  { month: '2005-07', bill: 'BILL_AMT3', paid: 'PAY_AMT3', status: 'PAY_3' },
  { month: '2005-08', bill: 'BILL_AMT2', paid: 'PAY_AMT2', status: 'PAY_2' },
  { month: '2005-09', bill: 'BILL_AMT1', paid: 'PAY_AMT1', status: 'PAY_0' },
] as const;

export type Month = (typeof MONTHS)[number]['month'];

/** What the file says of one month of an account. Its dollars are taken as yuan: 100 fen each. */
interface CardMonth {
  month: Month;
  /** All that is owed at the month's end; negative is the holder's credit. */
  billFen: Fen;
  /** Money that came in the month. */
  paidFen: Fen;
  /** The issuer's code: -2 nothing bought, -1 paid in full, 0 paid in part, from 1 on months of delay. */
  status: number;
}

export interface CardAccount {
  /** Line of the file; the header is line 1. */
  line: number;
  id: number;
  limitFen: Fen;
  /** Oldest first, as {@link MONTHS}. */
  months: CardMonth[];
}

export interface RefusedLine {
  line: number;
  reason: string;
}

export interface CardFile {
  accounts: CardAccount[];
  refused: RefusedLine[];
}

/** The file as a whole cannot be used. */
export class CardFileError extends Error {
  override readonly name = 'CardFileError';
}

const FEN_PER_DOLLAR = 100;
/** The API's bound on an amount, in dollars. */
const MAX_DOLLARS = 1_000_000_000;
const MAX_ID = 9_999_999;
/** The issuer's worst code in the file is 8, its own words allow for 9. */
const STATUS = { min: -2, max: 9 };

/** So much of a file has its first line, where that is a note. */
const LOOKED_AT = 100;
const SEPARATORS = [
  { sign: ';', name: 'semicolons' },
  { sign: '\t', name: 'tabs' },
  { sign: '|', name: 'bars' },
] as const;
/** Titles and numbers of columns, such as X1, X2 and so on. */
const LINES_ABOVE_HEADER = 10;

const REQUIRED = ['ID', 'LIMIT_BAL', ...MONTHS.flatMap(({ bill, paid, status }) => [bill, paid, status])];

interface Line {
  line: number;
  fields: string[];
}

/** The first `maxRows` lines after the header. Throws {@link CardFileError} when the file is not of this shape. */
export function readCardFile(text: string, maxRows: number): CardFile {
  refuseForeign(text);
  const [header, ...rows] = splitLines(text, maxRows);
  if (!header) throw new CardFileError('the file is empty: it needs a header line, then an account a line');
  refuseOtherLayout(header, rows);
  const at = columnsOf(header.fields);
  const file: CardFile = { accounts: [], refused: [] };
  const seenOn = new Map<number, number>();
  for (const { line, fields } of rows) {
    const found = accountOf(line, fields, header.fields.length, at);
    const before = 'reason' in found ? undefined : seenOn.get(found.id);
    if ('reason' in found) file.refused.push(found);
    else if (before !== undefined) file.refused.push({ line, reason: `ID ${found.id} was on line ${before} already` });
    else {
      seenOn.set(found.id, line);
      file.accounts.push(found);
    }
  }
  if (rows.length === 0) throw new CardFileError('the file has no line after its header');
  return file;
}

/**
 * A quote has no meaning to the parser, so that a quote left open spoils its own line and not the rest of the file.
 * Numbers need none; around a field they are taken off.
 */
function splitLines(text: string, maxRows: number): Line[] {
  const options = {
    bom: true,
    info: true,
    quote: false,
    relax_column_count: true,
    skip_empty_lines: true,
    to: maxRows + 1,
    trim: true,
  } as const;
  // Its types do not know that `info` changes what a record is.
  const records = parse(text, options) as unknown as { record: string[]; info: { lines: number } }[];
  return records.map(({ record, info }) => ({
    line: info.lines,
    // Trimmed again: within quotes a spreadsheet keeps blanks, of which a no-break space is one.
    fields: record.map((field) => field.replace(/^"(.*)"$/, '$1').trim()),
  }));
}

/** What is no text in UTF-8, and what begins with a line for a spreadsheet. */
function refuseForeign(text: string): void {
  const foreign = foreignTextOf(text);
  if (foreign !== undefined) throw new CardFileError(`the file ${foreign}`);
  const note = /^\ufeff?\s*"?(sep=(.?))"?\s*$/im.exec(text.slice(0, LOOKED_AT).split(/\r?\n|\r/)[0] ?? '');
  if (!note) return;
  const more = note[2] === ',' ? '' : ', and separate the columns by commas';
  throw new CardFileError(`line 1 is ${note[1]}, a note for spreadsheets: remove it${more}`);
}

/** A whole file in another layout is told what that is, before it is told what it lacks. */
function refuseOtherLayout(header: Line, rows: readonly Line[]): void {
  if (isHeader(header.fields)) return;
  const line = header.fields.join(',');
  const other = SEPARATORS.find(({ sign }) => isHeader(line.split(sign).map((name) => name.replace(/"/g, '').trim())));
  if (other) throw new CardFileError(`its columns are separated by ${other.name}: separate them by commas`);
  const below = rows.slice(0, LINES_ABOVE_HEADER).find(({ fields }) => isHeader(fields));
  if (!below) return;
  throw new CardFileError(`line ${below.line} is a second header row, with the names: remove what is above it`);
}

/** Has most of the names: one that is missing is told by name. */
function isHeader(fields: readonly string[]): boolean {
  return REQUIRED.filter((name) => fields.includes(name)).length > REQUIRED.length / 2;
}

/** Where each column is that is read. A column that is not there, or there twice, makes the file another one. */
function columnsOf(header: readonly string[]): ReadonlyMap<string, number> {
  const missing = REQUIRED.filter((name) => !header.includes(name));
  if (missing.length > 0) {
    const one = missing.length === 1;
    throw new CardFileError(`the file has no column ${missing.join(', ')}: add ${one ? 'it' : 'them'} to its header`);
  }
  const twice = REQUIRED.find((name) => header.indexOf(name) !== header.lastIndexOf(name));
  if (twice !== undefined) throw new CardFileError(`the file has the column ${twice} twice: remove one`);
  return new Map(REQUIRED.map((name) => [name, header.indexOf(name)]));
}

function accountOf(
  line: number,
  fields: readonly string[],
  columns: number,
  at: ReadonlyMap<string, number>,
): CardAccount | RefusedLine {
  if (isHeader(fields) || hasNoNumber(fields, at)) return { line, reason: 'it is a second header row: remove it' };
  if (fields.length !== columns) return { line, reason: `it has ${fields.length} fields, the header has ${columns}` };
  const faults: string[] = [];
  const read = (name: string, min: number, max: number): number => {
    const shown = withoutGroups(fields[at.get(name) ?? -1] ?? '');
    const value = Number(shown);
    const fault = faultOf(shown, value, min, max);
    if (fault) faults.push(`${name} ${fault}`);
    return value;
  };
  const amountFen = (name: string, min: number): Fen => read(name, min, MAX_DOLLARS) * FEN_PER_DOLLAR;
  const account: CardAccount = {
    line,
    id: read('ID', 1, MAX_ID),
    limitFen: amountFen('LIMIT_BAL', 1),
    months: MONTHS.map(({ month, bill, paid, status }) => ({
      month,
      billFen: amountFen(bill, -MAX_DOLLARS),
      paidFen: amountFen(paid, 0),
      status: read(status, STATUS.min, STATUS.max),
    })),
  };
  return faults.length > 0 ? { line, reason: faults.join('; ') } : account;
}

/** Some spreadsheets write a no-break space between groups of three digits. */
function withoutGroups(field: string): string {
  return /^-?\d{1,3}([\u00a0\u202f]\d{3})+$/.test(field) ? field.replace(/[\u00a0\u202f]/g, '') : field;
}

/** Names or descriptions in every column that is read. */
function hasNoNumber(fields: readonly string[], at: ReadonlyMap<string, number>): boolean {
  return [...at.values()].every((place) => /[^\d\s.,+-]/.test(fields[place] ?? ''));
}

function faultOf(shown: string, value: number, min: number, max: number): string | undefined {
  if (shown === '') return 'is empty: a whole number is needed';
  if (!/^-?\d{1,15}$/.test(shown)) return `is ${JSON.stringify(shown)}: a whole number is needed`;
  if (value < min) return `is ${shown}: it cannot be below ${min}`;
  return value > max ? `is ${shown}: it cannot be above ${max}` : undefined;
}
