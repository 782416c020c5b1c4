/** PostgreSQL refuses to run as root: the user it runs as instead. */
import { type Report, type RunAs, runCommand } from './command';

const NAME = 'postgres';

/**
 * Gives the user for the server: undefined (our own) unless we are root; then the machine's user `postgres`, which
 * is created when missing. Throws when it is missing and cannot be created.
 */
export async function serverOwner(report: Report): Promise<RunAs | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const existing = await lookUp();
  if (existing) return existing;
  report(`PostgreSQL: it cannot run as root; creating the system user ${NAME} for it`);
  const command = 'useradd';
  const args = ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', NAME];
  await runCommand({ command, args, label: `creating the user ${NAME}`, report, timeoutMs: 30_000 });
  const created = await lookUp();
  if (!created) throw new Error(`PostgreSQL cannot run as root, and the user ${NAME} could not be created`);
  return created;
}

async function lookUp(): Promise<RunAs | undefined> {
  const ask = async (flag: string) => {
    const label = `id ${flag} ${NAME}`;
    const output = await runCommand({
      command: 'id',
      args: [flag, NAME],
      label,
      report: () => undefined,
      timeoutMs: 30_000,
    });
    return Number.parseInt(output, 10);
  };
  try {
    return { uid: await ask('-u'), gid: await ask('-g') };
  } catch {
    return undefined;
  }
}
