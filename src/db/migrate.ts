/** Brings a database to the schema of this version. */
import { createHash } from 'node:crypto';
import { Client } from 'pg';
import { MIGRATIONS, type Migration } from './migrations';
import { withPinnedTls } from './tlsMode';

/** Any number, the same for every process of this system: the name of the lock. */
export const MIGRATION_LOCK = 7_210_431;

/**
 * Applies the migrations that are missing, all in one transaction, and returns their names; none is a no-op. Several
 * processes may start at once: an advisory lock lets one work and the others find it done. Throws, with the file's
 * name and nothing changed, when a migration is not what was applied. `owner` is the role that is to own what is made.
 */
export async function migrate(
  connectionString: string,
  migrations: readonly Migration[] = MIGRATIONS,
  owner?: string,
): Promise<string[]> {
  const client = new Client({
    connectionString: withPinnedTls(connectionString),
    application_name: 'creditloom-migrate',
  });
  await client.connect();
  try {
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    if (owner !== undefined) await client.query(`set local role ${client.escapeIdentifier(owner)}`);
    const applied = await readApplied(client);
    const missing = migrations.filter((migration) => !isApplied(migration, applied));
    for (const { name, sql } of missing) {
      await client.query(sql);
      await client.query('insert into schema_migration (name, checksum) values ($1, $2)', [name, checksumOf(sql)]);
    }
    await client.query('commit');
    return missing.map(({ name }) => name);
  } finally {
    // Closing the connection rolls back what was not committed.
    await client.end();
  }
}

async function readApplied(client: Client): Promise<Map<string, string>> {
  await client.query(`
    create table if not exists schema_migration (
      name text primary key,
      checksum text not null,
      applied_at timestamptz not null default now()
    )`);
  const { rows } = await client.query<{ name: string; checksum: string }>(
    'select name, checksum from schema_migration',
  );
  return new Map(rows.map(({ name, checksum }) => [name, checksum]));
}

function isApplied({ name, sql }: Migration, applied: Map<string, string>): boolean {
  const checksum = applied.get(name);
  if (checksum === undefined) return false;
  if (checksum !== checksumOf(sql)) {
    throw new Error(
      `migration ${name} is not the one that was applied to this database: ` +
        'restore its text, and put the change into a new migration',
    );
  }
  return true;
}

/** A checkout with other line ends is the same migration. */
function checksumOf(sql: string): string {
  return createHash('sha256').update(sql.replaceAll('\r\n', '\n')).digest('hex');
}
