/** Small files of invented card accounts, in the shape of the real one. */

const HEADER = [
  'ID',
  'LIMIT_BAL',
  'SEX',
  'AGE',
  'PAY_0',
  'PAY_2',
  'PAY_3',
  'PAY_4',
  'PAY_5',
  'PAY_6',
  ...[1, 2, 3, 4, 5, 6].map((at) => `BILL_AMT${at}`),
  ...[1, 2, 3, 4, 5, 6].map((at) => `PAY_AMT${at}`),
];

type Field = string | number;

/** A line of an account that bought 1,000 each month and paid each bill in full a month later; with some fields else. */
export function card(id: Field, other: Record<string, Field> = {}): Record<string, Field> {
  const sound: Record<string, Field> = { ID: id, LIMIT_BAL: 20_000, SEX: 1, AGE: 30 };
  for (const name of HEADER) {
    if (name.startsWith('BILL_AMT')) sound[name] = 1000;
    else if (name.startsWith('PAY_AMT')) sound[name] = name === 'PAY_AMT6' ? 0 : 1000;
    else if (name.startsWith('PAY_')) sound[name] = -1;
  }
  return { ...sound, ...other };
}

/** The file's text; `columns` leaves out, adds or renames some. */
export function fileOf(cards: readonly Record<string, Field>[], columns: readonly string[] = HEADER): string {
  const lines = cards.map((fields) => columns.map((name) => fields[name] ?? '').join(','));
  return [columns.join(','), ...lines, ''].join('\n');
}

export function columnsWithout(name: string): string[] {
  return HEADER.filter((column) => column !== name);
}
