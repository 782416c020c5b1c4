/** TLS to PostgreSQL, as the URL of the database asks for it. */

/** `pg` takes these for `verify-full`, warns, and will take them for less in a later version. */
const MEANS_VERIFY_FULL = ['prefer', 'require', 'verify-ca'];

/** The URL with its mode said out loud, so that no later version of `pg` checks less than this one. */
export function withPinnedTls(connectionString: string): string {
  if (!URL.canParse(connectionString)) return connectionString;
  const url = new URL(connectionString);
  const mode = url.searchParams.get('sslmode');
  if (mode === null || !MEANS_VERIFY_FULL.includes(mode)) return connectionString;
  url.searchParams.set('sslmode', 'verify-full');
  return url.href;
}
