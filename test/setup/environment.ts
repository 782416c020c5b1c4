/** What the global setup started, for test files: servers, the workflow bundle, and databases of their own. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Client, type Pool } from 'pg';

/** The database that `globalSetup.mjs` makes with the schema. */
const TEMPLATE = 'creditloom_template';
const ROLES = ['creditloom_app', 'creditloom_api', 'creditloom_reader'] as const;

interface Shared {
  /** Superuser URL of the run's PostgreSQL. */
  postgresUrl: string;
  /** Null where there is none. */
  timeSkippingServer: string | null;
  /** Null where there is none. */
  temporalCli: string | null;
  /** File of the bundle of `src/workflows`, for `workflowBundle.codePath` of a worker. */
  workflowBundle: string | null;
  /** Folder for the logs of servers; kept, and named, when a test fails. */
  logs: string;
  /** What this machine lacks, by the names of scripts/peers.mjs or of the two servers. */
  missing: Record<string, MissingPeer>;
}

interface MissingPeer {
  what: string;
  /** The command that brings it. */
  bring: string;
}

/** Signs the books of tests. */
export const BOOKS_KEY = '05'.repeat(32);
export const BOOKS = { keyId: 'b1', key: Buffer.from(BOOKS_KEY, 'hex') };

const owners = new WeakMap<Pool, Pool>();

/** So that who is given the application's pool finds the owner's of the same database. */
export function knowOwner(pool: Pool, owner: Pool): void {
  owners.set(pool, owner);
}

/** The pool itself where no other is known. */
export function ownerOf(pool: Pool): Pool {
  return owners.get(pool) ?? pool;
}

/** The servers throw {@link PeerMissing} when they are reached for and are not there. */
export interface TestEnvironment {
  postgresUrl: string;
  /** Executable for `TestWorkflowEnvironment.createTimeSkipping`. */
  timeSkippingServer: string;
  /** Executable for `startDevServer` and for commands of an operator. */
  temporalCli: string;
  workflowBundle: string;
  logs: string;
}

/**
 * A test reached for what this machine does not have. It is then not run, and never counted as passed; under continuous
 * integration it fails with this.
 */
class PeerMissing extends Error {
  override readonly name = 'PeerMissing';

  constructor(
    message: string,
    readonly peer: string,
  ) {
    super(message);
  }
}

export interface TestDatabase {
  /** As the application has it: what is tested works with its rights alone. */
  url: string;
  /** As the API has it, likewise. */
  apiUrl: string;
  /** A superuser's: for what a test does by its own hands, past the program. */
  ownerUrl: string;
  drop: () => Promise<void>;
}

/** Reads what the global setup left; throws when it did not run or made no workflow bundle. */
export function testEnvironment(): TestEnvironment {
  const { postgresUrl, timeSkippingServer, temporalCli, workflowBundle, logs } = readShared();
  if (workflowBundle === null) throw new Error('there was no src/workflows/index.ts to bundle');
  return {
    postgresUrl,
    workflowBundle,
    logs,
    get timeSkippingServer() {
      return timeSkippingServer ?? lacks('time-skipping-server');
    },
    get temporalCli() {
      return temporalCli ?? lacks('temporal-server');
    },
  };
}

/** Throws {@link PeerMissing} unless the peer of this name (scripts/peers.mjs) is on this machine. */
export function needPeer(name: string): void {
  if (name in readShared().missing) lacks(name);
}

function lacks(name: string): never {
  const { what, bring } = readShared().missing[name] ?? { what: name, bring: 'npm test' };
  throw new PeerMissing(`${what} is not on this machine; this brings it: ${bring}`, name);
}

/** Clones the migrated template, 0.1 to 0.4 s; every test file has a database of its own. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { postgresUrl } = readShared();
  const name = `test_${randomBytes(8).toString('hex')}`;
  await asAdministrator(postgresUrl, `CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`);
  // Rights of the database itself are not cloned.
  await asAdministrator(postgresUrl, `REVOKE CONNECT, TEMPORARY ON DATABASE ${name} FROM PUBLIC`);
  await asAdministrator(postgresUrl, `GRANT CONNECT ON DATABASE ${name} TO ${ROLES.join(', ')}`);
  const ownerUrl = withDatabase(postgresUrl, name);
  return {
    url: asRole(ownerUrl, 'creditloom_app'),
    apiUrl: asRole(ownerUrl, 'creditloom_api'),
    ownerUrl,
    // FORCE: a test that failed may have left its pool open, and its own failure is the one to be seen.
    drop: () => asAdministrator(postgresUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

function readShared(): Shared {
  const file = process.env.CREDITLOOM_TEST_ENVIRONMENT;
  if (!file) throw new Error('the global setup of the tests did not run: start them with `npm test` or `npx jest`');
  return JSON.parse(readFileSync(file, 'utf8')) as Shared;
}

/** From the database `postgres`, because a template can only be cloned while nobody is connected to it. */
async function asAdministrator(postgresUrl: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: withDatabase(postgresUrl, 'postgres') });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** As `asApplication` and `asApi` of shared.mjs. */
function asRole(ownerUrl: string, role: (typeof ROLES)[number]): string {
  const url = new URL(ownerUrl);
  url.username = role;
  return url.href;
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}
