/** The logins that URLs name: read, made, and tried. */
import { Client } from 'pg';
import { scramVerifier } from './scramVerifier';

/** The roles are not as they must be; the message says what to do. */
export class WrongRoleError extends Error {
  override readonly name = 'WrongRoleError';
}

interface Login {
  role: string;
  password: string;
}

export async function foundLogin(url: string, setting: string): Promise<Login & { works: boolean }> {
  return { ...loginOf(url, setting), works: await canLogIn(url) };
}

export function loginOf(url: string, setting: string): Login {
  const { username, password } = new URL(url);
  const role = decodeURIComponent(username);
  if (role === '') throw new WrongRoleError(`${setting} names no user: give the role's name and password in it`);
  return { role, password: decodeURIComponent(password) };
}

/** Role names are of the whole server, so one may be there from another database. */
export async function ensureRole(client: Client, role: string, password?: string): Promise<void> {
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [role]);
  const login = password === undefined ? 'nologin' : `login password '${scramVerifier(password)}'`;
  const rights = 'nosuperuser nocreatedb nocreaterole noreplication nobypassrls';
  if (rowCount === 0) return asAllowed(client, `create role ${quoted(role)} ${rights} ${login}`, role);
  if (password !== undefined) await asAllowed(client, `alter role ${quoted(role)} ${login}`, role);
}

async function asAllowed(client: Client, statement: string, role: string): Promise<void> {
  try {
    await client.query(statement);
  } catch (error) {
    if ((error as { code?: string }).code !== '42501') throw error;
    throw new WrongRoleError(
      `the role ${role} is not there or has another password, and the role of DATABASE_OWNER_URL may not make roles: ` +
        `let an administrator make it (create role ${quoted(role)} login password '…'), then run this again`,
    );
  }
}

export async function canLogIn(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, application_name: 'creditloom-prepare' });
  try {
    await client.connect();
    return true;
  } catch (error) {
    // 28P01, 28000: who it is; 42501: may not connect yet. Else the server is not reached, and that is told.
    if (['28P01', '28000', '42501'].includes((error as { code?: string }).code ?? '')) return false;
    throw error;
  } finally {
    await client.end().catch(() => undefined);
  }
}

export function noLogin(setting: string, role: string): string {
  return `${setting}: the role ${role} cannot connect with that password: let an administrator set it`;
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
