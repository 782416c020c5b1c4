/** What a service may do with a table, as the list of rights says it. */
export interface ServiceRights {
  /** Rows may be added: in every column, in all but some, which the database fills, or in those alone. */
  insert?: true | { except: readonly string[] } | { only: readonly string[] };
  /** Columns that may be changed. A table that is only locked names one that a trigger keeps as it is. */
  update?: readonly string[];
  delete?: true;
}

export interface TableRights extends ServiceRights {
  /** Columns that the reader does not see: personal data, hashes of keys, answers that repeat what was sent. */
  hidden?: readonly string[];
  /** Of the API; absent: it writes nothing here. */
  api?: ServiceRights;
  /** Columns that no route reads, of what is hidden from the reader: the API does not see them either. */
  hiddenFromApi?: readonly string[];
}

/** Whose rights: the worker and the commands, or the API. */
export type Service = 'worker' | 'api';

/** Added once, never changed. */
export const APPENDED: TableRights = { insert: true };
/** The same, by routes as well. */
export const APPENDED_BY_BOTH: TableRights = { insert: true, api: { insert: true } };
/** Written by the owner alone: by `prepare`, or by functions of the database. */
export const GIVEN: TableRights = {};

/** Of a table's columns those in which a row may be added. */
export function insertableOf({ insert }: ServiceRights, names: readonly string[]): string[] {
  if (insert === undefined) return [];
  if (insert === true) return [...names];
  return names.filter((name) => ('only' in insert ? insert.only.includes(name) : !insert.except.includes(name)));
}
