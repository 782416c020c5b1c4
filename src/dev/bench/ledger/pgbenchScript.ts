/**
 * A script for pgbench from what a step sent, so that the yardstick runs the statements of today's code and cannot
 * drift from it. pgbench knows numbers that it counts and texts that it is given. So the same step is recorded for two
 * accounts: what is the same in both is given as text, what is the account's own number is counted, and anything else
 * that differs is an error.
 */
import type { SentStatement } from './recording';

export interface Recording {
  /** A number of several digits, so that no other value is taken for it. */
  accountId: string;
  sent: readonly SentStatement[];
}

export interface PgbenchScript {
  text: string;
  /** Values that are the same for every account, by the name of their variable. */
  variables: Record<string, string>;
}

/** What pgbench is given beside the constants: the number before the first account, and accounts of each client. */
export const FIRST = 'first';
export const SHARE = 'share';
const DONE = 'done';
const ACCOUNT = 'account';
/** Is never set: where pgbench finds no such variable, it sends a null. */
const NULL = 'absent';

/** Throws when the two steps differ by more than their accounts, and for a value that has no text for pgbench. */
export function pgbenchScriptOf(first: Recording, second: Recording): PgbenchScript {
  if (first.sent.length !== second.sent.length || first.sent.length === 0) {
    throw new Error(`steps of ${first.sent.length} and ${second.sent.length} statements cannot be one script`);
  }
  const constants = new Map<string, string>();
  const nameOf = (text: string): string => {
    const name = constants.get(text) ?? `constant_${constants.size + 1}`;
    constants.set(text, name);
    return name;
  };
  const rest = [...second.sent];
  const statements = first.sent.map((statement) => {
    const other = takeLike(rest, statement);
    const names = statement.values.map((value, position) => {
      const [text, otherText] = [pgText(value), pgText(other.values[position])];
      if (text === first.accountId && otherText === second.accountId) return ACCOUNT;
      if (text !== null && isSigned(text) && otherText !== null && isSigned(otherText)) return nameOf(text);
      if (text !== otherText) throw new Error(`$${position + 1} is of its account in more than its id: ${text}`);
      return text === null ? NULL : nameOf(text);
    });
    return `${withVariables(statement.text, names)};`;
  });
  const counting = [`\\set ${DONE} :${DONE} + 1`, `\\set ${ACCOUNT} :${FIRST} + :client_id * :${SHARE} + :${DONE}`];
  const variables = Object.fromEntries([...constants].map(([text, name]) => [name, text]));
  return { text: [...counting, ...statements, ''].join('\n'), variables: { ...variables, [DONE]: '0' } };
}

/** A signature, or a list of some. The database proves none, so for a yardstick one is as good as another. */
function isSigned(text: string): boolean {
  return text
    .replace(/^\{|\}$/g, '')
    .split(',')
    .every((each) => /^"?[\w-]{1,20}\.[\w-]{43}"?$/.test(each));
}

/**
 * Takes the statement of the same text out of the list. Not the one at the same place: what a step sends side by side
 * comes in the order of the answers before it.
 */
function takeLike(sent: SentStatement[], { text, values }: SentStatement): SentStatement {
  const at = sent.findIndex((each) => each.text === text && each.values.length === values.length);
  const [like] = at < 0 ? [] : sent.splice(at, 1);
  if (!like) throw new Error(`the statements of two like steps differ: ${text}`);
  return like;
}

/** A value as `pg` sends it; null for null. */
export function pgText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return `{${value.map(elementOf).join(',')}}`;
  throw new TypeError(`a statement sends a ${typeof value}, which has no text here`);
}

function elementOf(value: unknown): string {
  const text = pgText(value);
  if (text === null || Array.isArray(value)) return text ?? 'NULL';
  return `"${text.replace(/\\/g, '\\\\').replace(/"/g, '\\"')}"`;
}

/** `$1` becomes `:name`. What else looks like a variable to pgbench would be sent as a null, so it is refused. */
function withVariables(text: string, names: readonly string[]): string {
  const bare = text.replace(/--[^\n]*/g, '');
  if (/(?<!:):\w/.test(bare) || bare.includes(';')) {
    throw new Error(`pgbench would not read this statement as it is meant: ${text}`);
  }
  return bare.replace(/\$(\d+)/g, (_, number: string) => {
    const name = names[Number(number) - 1];
    if (name === undefined) throw new Error(`a statement has no value for $${number}: ${text}`);
    return `:${name}`;
  });
}
