/** As whom, and how, this connection is with the database; and which schema is there. */
import type { Reader } from '../transaction';

export interface DatabaseStanding {
  isSuperuser: boolean;
  mayMakeRoles: boolean;
  mayPassRules: boolean;
  /** Of any table of ours, by itself or as a member of the owner. */
  ownsTables: boolean;
  usesTls: boolean;
  /** Names of migrations. */
  applied: string[];
  /** How much the server's log says of an error. */
  errorVerbosity: string;
}

/** Works on a database without our schema as well: then nothing is applied. */
export async function readDatabaseStanding(reader: Reader): Promise<DatabaseStanding> {
  const { rows } = await reader.query<Omit<DatabaseStanding, 'applied'> & { hasSchema: boolean }>(
    `select rolsuper as "isSuperuser", rolcreaterole or rolcreatedb as "mayMakeRoles", rolbypassrls as "mayPassRules",
       exists (select from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace
                and pg_has_role(current_user, relowner, 'member')) as "ownsTables",
       coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false) as "usesTls",
       current_setting('log_error_verbosity') as "errorVerbosity",
       to_regclass('schema_migration') is not null and has_table_privilege('schema_migration', 'select') as "hasSchema"
     from pg_roles where rolname = current_user`,
  );
  const [row] = rows;
  if (!row) throw new Error('a connection is somebody');
  const { hasSchema, ...standing } = row;
  const found = hasSchema ? await reader.query<{ name: string }>('select name from schema_migration') : { rows: [] };
  return { ...standing, applied: found.rows.map(({ name }) => name) };
}
