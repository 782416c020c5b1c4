/** Gives the roles their rights to the schema and its tables, and takes every other one. */
import type { Client } from 'pg';
import { CALLED_FUNCTIONS, GRANTS, rightsOf, SEQUENCES } from './grants';
import { quoted } from './roleLogins';
import { insertableOf, type Service } from './serviceRights';

type RoleNames = Record<Service | 'reader', string>;

const SERVICES: readonly Service[] = ['worker', 'api'];

export async function restrictSchema(client: Client, roles: RoleNames): Promise<void> {
  const all = Object.values(roles).map(quoted).join(', ');
  // Before PostgreSQL 15 everybody could.
  await client.query(`revoke create on schema public from public, ${all}`);
  await client.query(`grant usage on schema public to ${all}`);
}

export async function grantTables(client: Client, roles: RoleNames): Promise<void> {
  const everybody = ['public', ...Object.values(roles).map(quoted)].join(', ');
  for (const what of ['tables', 'sequences', 'routines']) {
    await client.query(`revoke all on all ${what} in schema public from ${everybody}`);
  }
  const columns = await readColumns(client);
  const statements = [...columns].flatMap(([table, names]) => statementsOf(table, names, roles));
  for (const name of SEQUENCES) {
    for (const service of SERVICES) statements.push(`grant usage on sequence ${name} to ${quoted(roles[service])}`);
  }
  for (const [name, services] of Object.entries(CALLED_FUNCTIONS)) {
    for (const service of services) statements.push(`grant execute on function ${name} to ${quoted(roles[service])}`);
  }
  // One round trip; names are of the catalogue and of our own list.
  await client.query(statements.join(';\n'));
}

function statementsOf(table: string, names: readonly string[], roles: RoleNames): string[] {
  const rights = Object.hasOwn(GRANTS, table) ? GRANTS[table] : undefined;
  if (!rights) return [];
  const grant = (right: string, some: readonly string[], role: string) =>
    some.length === 0 ? [] : [`grant ${right} (${some.map(quoted).join(', ')}) on ${quoted(table)} to ${quoted(role)}`];
  const { hidden = [], hiddenFromApi = [] } = rights;
  return [
    `grant select on ${quoted(table)} to ${quoted(roles.worker)}`,
    ...(hiddenFromApi.length === 0
      ? [`grant select on ${quoted(table)} to ${quoted(roles.api)}`]
      : grant('select', without(names, hiddenFromApi), roles.api)),
    ...grant('select', without(names, hidden), roles.reader),
    ...SERVICES.flatMap((service) => {
      const own = rightsOf(table, service);
      // By columns also where it is all: a right to the table would stand beside a later exception.
      return [
        ...grant('insert', insertableOf(own, names), roles[service]),
        ...grant('update', own.update ?? [], roles[service]),
        ...(own.delete ? [`grant delete on ${quoted(table)} to ${quoted(roles[service])}`] : []),
      ];
    }),
  ];
}

function without(names: readonly string[], some: readonly string[]): string[] {
  return names.filter((name) => !some.includes(name));
}

/** By table, in the order in which they were added; generated ones are written by nobody. */
async function readColumns(client: Client): Promise<Map<string, string[]>> {
  const { rows } = await client.query<{ table: string; names: string[] }>(
    `select relname as table, array_agg(attname::text order by attnum) as names
       from pg_class join pg_attribute on attrelid = pg_class.oid
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and attnum > 0 and not attisdropped
      group by relname order by relname`,
  );
  return new Map(rows.map(({ table, names }) => [table, names]));
}
