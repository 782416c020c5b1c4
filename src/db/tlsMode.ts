/** TLS to PostgreSQL, as the URL of the database asks for it. */

/** `pg` takes these for `verify-full`, warns, and will take them for less in a later version. */
const LESS_ELSEWHERE = /([?&]sslmode=)(?:prefer|require|verify-ca)(?=&|$)/;

/** The URL with its mode said out loud, so that no later version of `pg` checks less than this one. */
export function withPinnedTls(connectionString: string): string {
  return connectionString.replace(LESS_ELSEWHERE, '$1verify-full');
}
