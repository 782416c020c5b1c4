/**
 * `npx creditloom purge [--tenant TENANT] [--json]`: removes what is older than the settings keep, as the worker does
 * once a day. Nothing within a promise is removed, whatever the settings say.
 */
import { createHousekeepingActivities } from '../../activities/operations/housekeeping';
import { isKnownTenant } from '../../db/operations/tenants';
import { withPool } from '../../db/pool';
import { retentionOf } from '../../platform/config/retention';
import { ArgumentError } from '../arguments';
import { type CommandSurroundings, onConsole } from '../onConsole';
import { runCommandLine } from '../runCommandLine';
import { readWords, usageOf } from '../usage';
import { findDatabase, withLocalRun } from './localDatabase';

const USAGE = usageOf('purge', ['[--tenant TENANT] [--state FOLDER] [--json]']);
const DEFAULT_TENANT = 'demo';

export async function purge(argv: readonly string[], surroundings: CommandSurroundings): Promise<number> {
  const { write, report } = surroundings;
  const { options, flags } = readWords(USAGE, argv);
  const isJson = flags.has('json');
  const stateDir = options.get('state');
  const settings = await withLocalRun(surroundings.settings, stateDir);
  const tenantId = options.get('tenant') ?? settings.TENANT_ID ?? DEFAULT_TENANT;
  const kept = retentionOf(settings);
  const database = await findDatabase(settings, { stateDir, report });
  try {
    const purged = await withPool(database.settings, async (pool) => {
      if (!(await isKnownTenant(pool, { tenantId }))) throw new ArgumentError(`there is no tenant ${tenantId} here`);
      return createHousekeepingActivities({ pool, kept, heartbeat: () => undefined }).purgeOldRows({ tenantId });
    });
    const { requests, checks, reports, troubles } = purged;
    const line = `removed: ${requests} requests, ${checks} checks, ${reports} reports, ${troubles} troubles`;
    write(isJson ? `${JSON.stringify({ tenantId, kept, purged }, null, 2)}\n` : `${line}\n`);
    return 0;
  } finally {
    await database.stop();
  }
}

if (require.main === module) runCommandLine(onConsole(purge), USAGE);
