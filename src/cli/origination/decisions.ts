/**
 * `npx creditloom decisions …`: credit decisions, decided again as known then, and how persons overruled the rules. Exit
 * code 0: every answer is as it was; 1: one is not; 2: wrong use. See docs/assessment.md.
 */
import { createDecisionReplay } from '../../activities/origination/decisionReplay';
import { isKnownTenant } from '../../db/operations/tenants';
import { createPolicyReader } from '../../db/policy/policyReader';
import { withPool } from '../../db/pool';
import { readGivenSettings } from '../../platform/config/config';
import { ArgumentError } from '../arguments';
import type { LedgerSurroundings } from '../ledger/ledger';
import { findDatabase, withLocalRun } from '../operations/localDatabase';
import { runCommandLine } from '../runCommandLine';
import { helpLines, readWords, usageOf } from '../usage';

const USAGE = usageOf('decisions', ['replay --all', 'replay APPLICATION_ID'], {
  each: '[--tenant TENANT] [--state FOLDER] [--json]',
});
const DEFAULT_TENANT = 'demo';

export async function decisions(argv: readonly string[], surroundings: LedgerSurroundings): Promise<number> {
  const { write, report } = surroundings;
  const { options, flags, positionals } = readWords(USAGE, argv);
  const [applicationId] = positionals;
  if (flags.has('all') === (applicationId !== undefined)) {
    throw new ArgumentError(`replay takes --all or the id of an application\n${helpLines(USAGE).join('\n')}`);
  }
  const settings = await withLocalRun(surroundings.settings, options.get('state'));
  const tenantId = options.get('tenant') ?? settings.TENANT_ID ?? DEFAULT_TENANT;
  const database = await findDatabase(settings, { stateDir: options.get('state'), report });
  try {
    const found = await withPool(database.settings, async (pool) => {
      if (!(await isKnownTenant(pool, { tenantId }))) throw new ArgumentError(`there is no tenant ${tenantId} here`);
      return createDecisionReplay({ pool, policies: createPolicyReader() }).replayDecisions({
        tenantId,
        applicationId,
      });
    });
    if (applicationId !== undefined && found.decisions === 0) {
      throw new ArgumentError(`there is no decision on application ${applicationId} of tenant ${tenantId}`);
    }
    const lines = found.differing.map(
      ({ decisionId, applicationId: id, what, was, is }) =>
        `DIFFERS decision ${decisionId} of application ${id}: its ${what} was ${was} and is ${is}`,
    );
    lines.push(`${found.decisions} decisions decided again, ${found.differing.length} different`);
    write(flags.has('json') ? `${JSON.stringify(found, null, 2)}\n` : `${lines.join('\n')}\n`);
    return found.differing.length > 0 ? 1 : 0;
  } finally {
    await database.stop();
  }
}

function main(argv: readonly string[]): Promise<number> {
  return decisions(argv, {
    settings: readGivenSettings(),
    write: (text) => process.stdout.write(text),
    report: (line) => process.stderr.write(`${line}\n`),
  });
}

if (require.main === module) runCommandLine(main, USAGE);
