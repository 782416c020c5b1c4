/**
 * What the URL of a database says of TLS. Without `sslmode` there is none, as PostgreSQL's own programs have it at worst;
 * `verify-full` checks certificate and name.
 */
import { accessSync, constants } from 'node:fs';

export type TlsOfDatabase = 'none' | 'unchecked' | 'checked';

/** Those that other programs take for less are taken for `verify-full`, and said so to `pg`, which will change its mind. */
const CHECKED = ['verify-full', 'verify-ca', 'require', 'prefer'];
const FILES = ['sslrootcert', 'sslcert', 'sslkey'];

/** In words; undefined when there is nothing to say against it. */
export function databaseUrlFault(url: string): string | undefined {
  const asked = askedBy(url);
  const mode = asked.get('sslmode');
  if (mode !== null && !CHECKED.includes(mode) && !['disable', 'no-verify'].includes(mode))
    return 'has another sslmode';
  if (asked.has('uselibpqcompat')) return 'has uselibpqcompat, with which a server is not checked';
  for (const name of FILES) {
    const path = asked.get(name);
    if (path !== null && !isReadable(path)) return `names a file in ${name} that cannot be read`;
  }
  return undefined;
}

export function tlsOfDatabase(url: string): TlsOfDatabase {
  const asked = askedBy(url);
  const mode = asked.get('sslmode');
  if (mode === 'no-verify') return 'unchecked';
  if (mode !== null) return CHECKED.includes(mode) ? 'checked' : 'none';
  const isOn = ['true', '1'].includes(asked.get('ssl') ?? '') || FILES.some((name) => asked.has(name));
  return isOn ? 'checked' : 'none';
}

/** By its text: without a host, for a socket of the machine, it is no URL to Node. */
function askedBy(url: string): URLSearchParams {
  const at = url.indexOf('?');
  return new URLSearchParams(at < 0 ? '' : url.slice(at + 1));
}

export function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
