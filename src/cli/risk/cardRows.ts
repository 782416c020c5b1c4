/** Records of a file as raw rows of a card: columns are found by name, and each value is checked once, here. */
import type { CardColumn, CardRow, CardValue, RiskCard } from '../../domain/risk/cards/card';
import { ArgumentError } from '../arguments';

export interface RowFault {
  field: string;
  fault: string;
  fix: string;
}

export type ReadRow = { row: CardRow } | { faults: RowFault[] };

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i;

/** Names in a header differ by case, blanks and points; a column is the same for all that. */
function plain(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/[\s._-]+/g, '_');
}

/**
 * How a record becomes a row. Columns that the card does not read are left alone, also where they are missing. Throws
 * {@link ArgumentError} when the header lacks a column that it reads, or has one twice.
 */
export function rowReader(card: RiskCard, header: readonly string[]): (fields: readonly string[]) => ReadRow {
  const names = header.map(plain);
  const missing = card.columns.filter(({ name }) => !names.includes(plain(name)));
  if (missing.length > 0) {
    const list = missing.map(({ name }) => name).join(', ');
    throw new ArgumentError(
      `the header lacks ${list}: the card ${card.id} reads them; name the columns in the first line, with commas between`,
    );
  }
  const twice = card.columns.find(({ name }) => names.indexOf(plain(name)) !== names.lastIndexOf(plain(name)));
  if (twice) throw new ArgumentError(`the header has ${twice.name} twice: remove one of both columns`);
  const places = card.columns.map((column) => ({ column, at: names.indexOf(plain(column.name)) }));
  return (fields) => {
    if (fields.length !== header.length) return { faults: [widthFault(fields.length, header.length)] };
    return rowOf(places, fields);
  };
}

function widthFault(fields: number, columns: number): RowFault {
  return {
    field: 'the row',
    fault: `has ${fields} fields where the header has ${columns}`,
    fix: 'give one field for each column, and put quotes around a field with a comma',
  };
}

function rowOf(places: readonly { column: CardColumn; at: number }[], fields: readonly string[]): ReadRow {
  const row: Record<string, CardValue> = {};
  const faults: RowFault[] = [];
  for (const { column, at } of places) {
    const text = (fields[at] ?? '').trim();
    const value = rawValue(column, text);
    if (value === undefined) faults.push(faultOf(column, text));
    else row[column.name] = value;
  }
  if (faults.length > 0) return { faults };
  if (Object.values(row).every((value) => value === null)) {
    return { faults: [{ field: 'the row', fault: 'knows nothing', fix: 'fill in what the card reads, or remove it' }] };
  }
  return { row };
}

/** Null where the field is empty; undefined where it cannot be right. */
function rawValue(column: CardColumn, text: string): CardValue | undefined {
  if (text === '') return null;
  if (column.kind === 'category') return column.values.includes(text) ? text : undefined;
  const value = Number(text);
  if (!NUMBER.test(text) || value < column.min || value > column.max) return undefined;
  return column.kind === 'code' && !Number.isInteger(value) ? undefined : value;
}

const SHOWN = 40;

function faultOf(column: CardColumn, text: string): RowFault {
  const shown = text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
  return { field: column.name, fault: `is ${JSON.stringify(shown)}`, fix: fixOf(column) };
}

function fixOf(column: CardColumn): string {
  const unknown = 'or leave it empty where it is not known';
  if (column.kind === 'category') return `give one of ${column.values.join(', ')}, ${unknown}`;
  const what = column.kind === 'code' ? 'a whole number' : 'a number without separators';
  return `give ${what} from ${column.min} to ${column.max}, ${unknown}`;
}
