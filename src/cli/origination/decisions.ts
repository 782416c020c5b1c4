/**
 * `npx creditloom decisions …`: credit decisions, decided again as known then, and how persons overruled the rules. Exit
 * code 0: every answer is as it was; 1: one is not; 2: wrong use. See docs/assessment.md.
 */
import type { Pool } from 'pg';
import { createDecisionReplay } from '../../activities/origination/decisionReplay';
import { isKnownTenant } from '../../db/operations/tenants';
import { countOverrides } from '../../db/origination/overrides';
import { createPolicyReader } from '../../db/policy/policyReader';
import { withPool } from '../../db/pool';
import { readGivenSettings } from '../../platform/config/config';
import { ArgumentError } from '../arguments';
import type { LedgerSurroundings } from '../ledger/ledger';
import { findDatabase, withLocalRun } from '../operations/localDatabase';
import { runCommandLine } from '../runCommandLine';
import { alignedLines } from '../textTable';
import { helpLines, readWords, usageOf } from '../usage';

const USAGE = usageOf('decisions', ['replay --all', 'replay APPLICATION_ID', 'overrides'], {
  each: '[--tenant TENANT] [--state FOLDER] [--json]',
});
const DEFAULT_TENANT = 'demo';

interface Told {
  data: object;
  lines: string[];
  isBad: boolean;
}

type Work = (pool: Pool, tenantId: string) => Promise<Told>;

export async function decisions(argv: readonly string[], surroundings: LedgerSurroundings): Promise<number> {
  const { write, report } = surroundings;
  const { name, options, flags, positionals } = readWords(USAGE, argv);
  const work = name === 'overrides' ? overrides : replayOf(positionals[0], flags.has('all'));
  const settings = await withLocalRun(surroundings.settings, options.get('state'));
  const tenantId = options.get('tenant') ?? settings.TENANT_ID ?? DEFAULT_TENANT;
  const database = await findDatabase(settings, { stateDir: options.get('state'), report });
  try {
    const { data, lines, isBad } = await withPool(database.settings, async (pool) => {
      if (!(await isKnownTenant(pool, { tenantId }))) throw new ArgumentError(`there is no tenant ${tenantId} here`);
      return work(pool, tenantId);
    });
    write(flags.has('json') ? `${JSON.stringify(data, null, 2)}\n` : `${lines.join('\n')}\n`);
    return isBad ? 1 : 0;
  } finally {
    await database.stop();
  }
}

function replayOf(applicationId: string | undefined, isAll: boolean): Work {
  if (isAll === (applicationId !== undefined)) {
    throw new ArgumentError(`replay takes --all or the id of an application\n${helpLines(USAGE).join('\n')}`);
  }
  return async (pool, tenantId) => {
    const { replayDecisions } = createDecisionReplay({ pool, policies: createPolicyReader() });
    const data = await replayDecisions({ tenantId, applicationId });
    if (applicationId !== undefined && data.decisions === 0) {
      throw new ArgumentError(`there is no decision on application ${applicationId} of tenant ${tenantId}`);
    }
    const lines = data.differing.map(
      ({ decisionId, applicationId: id, what, was, is }) =>
        `DIFFERS decision ${decisionId} of application ${id}: its ${what} was ${was} and is ${is}`,
    );
    lines.push(`${data.decisions} decisions decided again, ${data.differing.length} different`);
    return { data, lines, isBad: data.differing.length > 0 };
  };
}

const OVERRIDE_COLUMNS = ['person', 'side', 'decisions', 'opened', '30+ days or worse'];

async function overrides(pool: Pool, tenantId: string): Promise<Told> {
  const data = await countOverrides(pool, { tenantId });
  const rows = data.map(({ decidedBy, side, decisions: decided, opened, bad }) =>
    [decidedBy, side, decided, opened, bad].map(String),
  );
  return { data, lines: alignedLines([OVERRIDE_COLUMNS, ...rows], 2), isBad: false };
}

function main(argv: readonly string[]): Promise<number> {
  return decisions(argv, {
    settings: readGivenSettings(),
    write: (text) => process.stdout.write(text),
    report: (line) => process.stderr.write(`${line}\n`),
  });
}

if (require.main === module) runCommandLine(main, USAGE);
