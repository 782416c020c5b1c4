/** Connections to PostgreSQL, and how its values become ours: once, here, at the database's edge. */
import { hash } from 'node:crypto';
import { Client, type ClientConfig, type CustomTypesConfig, Pool, types } from 'pg';
import { type BooksKeys, createMacs, knowMacs, type Macs } from './evidence/macs';
import { withPinnedTls } from './tlsMode';

export interface PoolSettings {
  connectionString: string;
  max: number;
  /** Shown in pg_stat_activity. */
  applicationName: string;
  /** A statement that runs longer is cancelled by the server, so that a stuck one frees its connection. */
  statementTimeoutMs: number;
  /** How long is waited for a connection, new or given back by another; 10 s unless given. */
  connectTimeoutMs?: number | undefined;
  /** Signs what the books hold; without them nothing that is signed can be written or proved. */
  books?: BooksKeys | undefined;
}

const { INT8, DATE, TIMESTAMPTZ, TIMESTAMP } = types.builtins;
const TEXT = 'text';
const CONNECT_TIMEOUT_MS = 10_000;
/**
 * A statement's plan is made once and is the same for every tenant (docs/decisions/0029-one-plan.md). PostgreSQL would
 * rather plan some anew each time, which costs more than to run them; and for a tenant that its statistics do not know
 * yet it takes any index that begins with the tenant to be as good as the key, and reads all that the tenant has.
 */
const ONE_PLAN_FOR_ALL = '-c plan_cache_mode=force_generic_plan';

/**
 * bigint (money in fen, instants in ms, ids) is a safe integer or an error; date stays an ISO string, because a
 * JavaScript Date would move it by the server's time zone; timestamptz is milliseconds; numeric stays text.
 */
export const databaseTypes: CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (format !== undefined && format !== TEXT) return types.getTypeParser(oid, format);
    if (oid === INT8) return safeInteger;
    if (oid === DATE) return (text: string) => text;
    if (oid === TIMESTAMPTZ || oid === TIMESTAMP) {
      const parse = types.getTypeParser(oid, TEXT);
      return (text: string) => (parse(text) as Date).getTime();
    }
    return types.getTypeParser(oid, TEXT);
  }) as CustomTypesConfig['getTypeParser'],
};

/**
 * Statements with values are prepared under a name of their text, so that each connection parses and plans one once.
 * Their texts are constants, so there are few names.
 */
class PreparingClient extends Client {
  constructor(config?: ClientConfig & { macs?: Macs | undefined }) {
    super(config);
    if (config?.macs) knowMacs(this, config.macs);
  }

  // biome-ignore lint/suspicious/noExplicitAny: the overloads of pg cannot be overridden in their own types
  override query(first: any, second?: any, third?: any): any {
    const query = super.query as (...parts: unknown[]) => unknown;
    if (typeof first !== 'string' || !Array.isArray(second)) return query.call(this, first, second, third);
    return query.call(this, { name: nameOf(first), text: first, values: second }, third);
  }
}

const names = new Map<string, string>();

function nameOf(text: string): string {
  const name = names.get(text) ?? hash('sha256', text).slice(0, 32);
  names.set(text, name);
  return name;
}

export function createPool(settings: PoolSettings): Pool {
  const {
    connectionString,
    max,
    applicationName,
    statementTimeoutMs,
    connectTimeoutMs = CONNECT_TIMEOUT_MS,
    books,
  } = settings;
  const macs = books && createMacs(books);
  const pool = new Pool({
    connectionString: withPinnedTls(connectionString),
    max,
    application_name: applicationName,
    statement_timeout: statementTimeoutMs,
    options: ONE_PLAN_FOR_ALL,
    // A transaction whose process hangs must not keep an account locked.
    idle_in_transaction_session_timeout: 2 * statementTimeoutMs,
    connectionTimeoutMillis: connectTimeoutMs,
    types: databaseTypes,
    Client: PreparingClient,
    // Statements that are sent together are not waited for one by one.
    pipeline: true,
    // Handed to each connection.
    macs,
  } as object);
  if (macs) knowMacs(pool, macs);
  // An idle connection that breaks (a restart of the database) is dropped by the pool; the next query opens another.
  // Without a listener the event would end the process.
  pool.on('error', () => undefined);
  // Nor may one that is in use and breaks between two statements, in which nobody listens: its next statement tells it.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`bigint ${text} of the database is beyond the safe integers`);
  return value;
}

/** Gives a pool to the work, and closes it whatever comes of the work. */
export async function withPool<Result>(settings: PoolSettings, work: (pool: Pool) => Promise<Result>): Promise<Result> {
  const pool = createPool(settings);
  try {
    return await work(pool);
  } finally {
    await pool.end();
  }
}
