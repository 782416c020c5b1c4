/** The oracle's books: entries by business key, in the words of the chart of accounts in docs/ledger.md. */

export type Lines = Record<string, number>;

export interface Books {
  /** Non-zero amounts by ledger account of each entry, by its key. */
  entries: Map<string, Lines>;
}

export function emptyBooks(): Books {
  return { entries: new Map() };
}

/** Books an entry; amounts of zero leave no line, and an entry without lines is none. */
export function book(books: Books, key: string, lines: Lines): void {
  const present = Object.entries(lines).filter(([, amountFen]) => amountFen !== 0);
  if (present.length === 0) return;
  const sumFen = present.reduce((sum, [, amountFen]) => sum + amountFen, 0);
  if (sumFen !== 0) throw new Error(`the oracle's entry ${key} is ${sumFen} fen over`);
  if (books.entries.has(key)) throw new Error(`the oracle books ${key} twice`);
  books.entries.set(key, Object.fromEntries(present));
}

/** The sum of each ledger account, those of zero left out. */
export function sumsOf(entries: Iterable<Lines>): Lines {
  const sums: Lines = {};
  for (const lines of entries) {
    for (const [account, amountFen] of Object.entries(lines)) sums[account] = (sums[account] ?? 0) + amountFen;
  }
  return Object.fromEntries(Object.entries(sums).filter(([, amountFen]) => amountFen !== 0));
}
