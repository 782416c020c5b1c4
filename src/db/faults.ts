/** Faults of a transaction: those that pass by themselves, and those that no second try mends. */
import { contentHash } from './contentHash';
import type { Client } from './transaction';

/** Connections, conflicts, resources, an operator or a time-out, the system below: all of them pass. */
const PASSING_CLASSES = ['08', '40', '53', '57', '58'];
/** A lock that was not had in time; a session that idled too long; a server that is being taken over. */
const PASSING = ['55P03', '25P03', '25006'];

const DATA = '22';
const CONSTRAINT = '23';
/** Constraints of class 23 that judge a field as a caller sent it; every other one would be a mistake of ours. */
const CONSTRAINTS_ON_CALLERS = [
  'incident_measures_check',
  'incident_scope_check',
  'incident_reason_code_check',
  'narrowed_where_it_is_enforced',
  'approved_by_another',
  'rejected_by_another',
];

/** The server's code of a fault; undefined where the fault is not the database's. */
function sqlStateOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

export function isPassing(error: unknown): boolean {
  const code = sqlStateOf(error);
  return code !== undefined && (PASSING_CLASSES.includes(code.slice(0, 2)) || PASSING.includes(code));
}

/** Whether the database refused a value that a caller sent: another value is what mends it. */
export function isOfValue(error: unknown): boolean {
  const code = sqlStateOf(error)?.slice(0, 2);
  if (code === DATA) return true;
  const constraint = error instanceof Error && 'constraint' in error ? String(error.constraint) : '';
  return code === CONSTRAINT && CONSTRAINTS_ON_CALLERS.includes(constraint);
}

/** What is said of a fault: never its message, which may repeat what was sent. */
export function faultName(error: unknown): string {
  const code = sqlStateOf(error);
  if (code !== undefined) return `SQLSTATE ${code}`;
  return error instanceof Error ? error.name : 'not an error';
}

/**
 * Does the work and keeps it; or undoes it, and only it, after a fault that no second try mends. A fault that passes is
 * thrown, and so is the end of the connection, which cannot undo anything.
 */
export async function tryApart<Result>(
  client: Client,
  work: () => Promise<Result>,
): Promise<{ result: Result } | { fault: unknown }> {
  await client.query('savepoint apart');
  try {
    const result = await work();
    await client.query('release savepoint apart');
    return { result };
  } catch (fault) {
    if (isPassing(fault)) throw fault;
    await client.query('rollback to savepoint apart');
    await client.query('release savepoint apart');
    return { fault };
  }
}

/** Does the work, with the checks that wait for the commit, and undoes it whatever comes of it. */
export async function rehearse(client: Client, work: () => Promise<unknown>): Promise<void> {
  await client.query('savepoint rehearsal');
  await work();
  await client.query('set constraints all immediate');
  await client.query('rollback to savepoint rehearsal');
  await client.query('release savepoint rehearsal');
}

/** What arrived, as it is kept where no jsonb can: JSON in UTF-8, of which half a surrogate pair is an escape. */
export function rawOf(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value ?? null), 'utf8');
}

const UNSTORABLE = /\\u0000|\\ud[89a-f]/i;
/** Of nesting: a jsonb is read by recursion. */
const LONGEST_JSONB = 100_000;

/** Whether a jsonb holds the value as it is. */
export function fitsJsonb(value: unknown): boolean {
  const json = JSON.stringify(value ?? null);
  return json.length <= LONGEST_JSONB && !UNSTORABLE.test(json);
}

/** Whether a text of the database holds it: well-formed, and without NUL. */
export function isStorableText(text: string): boolean {
  return !/\0|\p{Cs}/u.test(text);
}

const LONGEST_KEY = 250;
const PLAIN = /^[\x20-\x7e]+$/;

/** A key as it came, or by its hash where no index or text could hold it. */
export function storableKey(key: string): string {
  return key.length <= LONGEST_KEY && PLAIN.test(key) ? key : `unreadable/${contentHash(key)}`;
}
