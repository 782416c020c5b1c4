/** A command by which a person acts on a deployment: its database, its tenant, Temporal, and whose key it is. */
import type { Scope } from '../../api/http/authentication';
import type { WorkflowGateway } from '../../contracts/gateway';
import { isKnownTenant } from '../../db/operations/tenants';
import { withPool } from '../../db/pool';
import { ArgumentError } from '../arguments';
import type { Work } from '../incidents/incidentCommands';
import type { CommandSurroundings } from '../onConsole';
import { connector } from './gatewayConnector';
import { findDatabase, withLocalRun } from './localDatabase';
import { operatorOf, withLocalSecrets } from './operator';

const DEFAULT_TENANT = 'demo';

export interface OperatorSurroundings extends CommandSurroundings {
  /** Connects to Temporal; undefined where no address is set. */
  temporal?(): Promise<WorkflowGateway | undefined>;
}

export interface OperatorCommand {
  work: Work;
  tenant: string | undefined;
  stateDir: string | undefined;
  isJson: boolean;
  /** What the key of whoever acts must allow; only asked for by work that acts. */
  scope: Scope;
}

/** Returns the exit code: 1 where it was refused. Whatever it opened is closed at its end. */
export async function runOperatorCommand(
  { work, tenant, stateDir, isJson, scope }: OperatorCommand,
  surroundings: OperatorSurroundings,
): Promise<number> {
  const settings = await withLocalRun(surroundings.settings, stateDir);
  const tenantId = tenant ?? settings.TENANT_ID ?? DEFAULT_TENANT;
  const database = await findDatabase(settings, { stateDir, report: surroundings.report });
  const connection = surroundings.temporal ? undefined : connector(settings);
  try {
    const { data, lines, isRefused } = await withPool(database.settings, async (pool) => {
      if (!(await isKnownTenant(pool, { tenantId }))) throw new ArgumentError(`there is no tenant ${tenantId} here`);
      const operatorSettings = withLocalSecrets(surroundings.settings, stateDir);
      return work({
        pool,
        tenantId,
        temporal: surroundings.temporal ?? (async () => connection?.open()),
        operator: () => operatorOf(pool, { tenantId, scope, settings: operatorSettings }),
      });
    });
    surroundings.write(isJson ? `${JSON.stringify(data, null, 2)}\n` : `${lines.join('\n')}\n`);
    return isRefused ? 1 : 0;
  } finally {
    await connection?.close();
    await database.stop();
  }
}
