/** Which rights a connection has past those of its service: what the worker and the API refuse to run with. */

import type { Reader } from '../transaction';
import { GRANTS, rightsOf } from './grants';
import { WrongRoleError } from './roleLogins';
import type { Service } from './serviceRights';

interface Power {
  name: string;
  isSuperuser: boolean;
  /** A table that it owns, by itself or as a member of the owner. */
  owns: string | null;
}

interface TablePower {
  table: string;
  insert: boolean;
  update: boolean;
  delete: boolean;
  truncate: boolean;
}

/**
 * What the role of this connection may that its service may not; undefined where there is nothing of it. By tables, not
 * by columns: a process of before, started again beside `prepare` of a later version, goes on. Works before the schema is
 * there, so it names tables by text.
 */
export async function tooMuchPower(
  reader: Reader,
  service: Service,
): Promise<{ role: string; fault: string } | undefined> {
  const me = await readPower(reader);
  const fault = me.isSuperuser
    ? 'is a superuser of the database'
    : me.owns !== null
      ? `owns its tables (${me.owns})`
      : await writesTooMuch(reader, service);
  return fault === undefined ? undefined : { role: me.name, fault };
}

/** Throws {@link WrongRoleError} where {@link tooMuchPower} finds something. */
export async function refuseTooMuchPower(reader: Reader, service: Service): Promise<void> {
  const found = await tooMuchPower(reader, service);
  if (found === undefined) return;
  const own =
    service === 'api'
      ? "the API's own role in DATABASE_API_URL, and start the API with that URL as its DATABASE_URL"
      : "the application's own role in DATABASE_URL";
  throw new WrongRoleError(
    `DATABASE_URL: the role ${found.role} ${found.fault}. Run \`npm run cli prepare\` with the owner's URL in ` +
      `DATABASE_OWNER_URL and ${own} (docs/operations.md, "Roles")`,
  );
}

async function readPower(reader: Reader): Promise<Power> {
  const { rows } = await reader.query<Power>(
    `select current_user as name,
       (select rolsuper or rolreplication or rolbypassrls from pg_roles where rolname = current_user) as "isSuperuser",
       (select min(relname) from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
          and pg_has_role(relowner, 'member')) as owns`,
  );
  const [me] = rows;
  if (!me) throw new Error('a connection is somebody');
  return me;
}

/** Tables that no list of ours knows are not ours, or of a later version. */
async function writesTooMuch(reader: Reader, service: Service): Promise<string | undefined> {
  const { rows } = await reader.query<TablePower>(
    `select relname as table, has_any_column_privilege(oid, 'insert') as insert,
       has_any_column_privilege(oid, 'update') as update, has_table_privilege(oid, 'delete') as delete,
       has_table_privilege(oid, 'truncate') as truncate
       from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by relname`,
  );
  const tables = rows.flatMap(({ table, ...has }) => {
    if (!Object.hasOwn(GRANTS, table)) return [];
    const { insert, update, delete: mayDelete } = rightsOf(table, service);
    const isMore = (has.insert && !insert) || (has.update && !update) || (has.delete && !mayDelete) || has.truncate;
    return isMore ? [table] : [];
  });
  const [first, ...more] = tables;
  if (first === undefined) return undefined;
  if (tables.includes('ledger_balance')) return 'may write balances';
  const others = more.length === 0 ? '' : ` and ${more.length} other tables`;
  return `may write what ${service === 'api' ? 'no route' : 'no step'} writes (${first}${others})`;
}
