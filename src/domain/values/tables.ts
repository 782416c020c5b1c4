/**
 * One table per enumeration: its rows are the words, its columns what is known of each. Types, lists and SQL are derived
 * from it, so that a word is written once and a part of a list cannot be forgotten (decisions/0063).
 */

/** The words of a table. */
export type NameOf<Table> = keyof Table & string;

/** The words whose row has these values. */
export type NamesWith<Table, Row> = {
  [Name in NameOf<Table>]: Table[Name] extends Row ? Name : never;
}[NameOf<Table>];

/** Every word of a table, in its order. */
export function namesOf<Table extends object>(table: Table): [NameOf<Table>, ...NameOf<Table>[]] {
  return Object.keys(table) as [NameOf<Table>, ...NameOf<Table>[]];
}

/** The words whose row has these values, in the order of the table. */
export function namesWith<const Table extends object, const Row extends Partial<Table[keyof Table]>>(
  table: Table,
  row: Row,
): NamesWith<Table, Row>[] {
  const wanted = Object.entries(row);
  const hasAll = (name: NameOf<Table>) => {
    const columns = new Map(Object.entries(table[name] as object));
    return wanted.every(([column, value]) => columns.get(column) === value);
  };
  return namesOf(table).filter(hasAll) as string[] as NamesWith<Table, Row>[];
}
