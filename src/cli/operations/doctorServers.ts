/** What production must switch on, as far as its servers tell: the database, Temporal and its Web UI. */
import type { Client } from '@temporalio/client';
import type { Pool } from 'pg';
import { REST_DAYS_KNOWN_UNTIL } from '../../adapters/calendars/restDays';
import { tellable } from '../../db/errorLine';
import { MIGRATIONS } from '../../db/migrations';
import { type DatabaseStanding, readDatabaseStanding } from '../../db/operations/databaseStanding';
import { tooMuchPower } from '../../db/roles/rolePower';
import type { Service } from '../../db/roles/serviceRights';
import { DAY_MS, SECOND_MS } from '../../domain/values/timeUnits';
import { tellUnknownRestDays } from '../../platform/wiring/unknownRestDays';
import type { SettingFinding } from './doctorSettings';

/** Closed runs that are gone are answered from the books; Temporal shows them for at least so long. */
const LEAST_RETENTION_DAYS = 30;
const ANSWERS_WITHIN_MS = 5_000;

const finding = (check: string, isGood: boolean, good: string, bad: string): SettingFinding => ({
  check,
  verdict: isGood ? 'ok' : 'mend',
  says: isGood ? good : bad,
});

/** What the worker's database, or the API's, is and as whom it is used. */
export async function databaseFindings(pool: Pool, service: Service, tenantId: string): Promise<SettingFinding[]> {
  let standing: DatabaseStanding;
  let role: SettingFinding;
  try {
    standing = await readDatabaseStanding(pool);
    role = roleFinding('database-role', standing, await tooMuchPower(pool, service), service);
  } catch (error) {
    return [{ check: 'database', verdict: 'mend', says: `does not answer: ${tellable(error)}` }];
  }
  const { usesTls, applied, errorVerbosity } = standing;
  const missing = MIGRATIONS.filter(({ name }) => !applied.includes(name)).length;
  return [
    finding('database-connection', usesTls, 'is encrypted', 'is not encrypted: see database-tls'),
    role,
    finding('database-schema', missing === 0, 'is of this version', `lacks ${missing} migrations: run prepare`),
    {
      check: 'database-log',
      verdict: errorVerbosity === 'terse' ? 'ok' : 'look',
      says:
        errorVerbosity === 'terse'
          ? 'holds no rows'
          : 'may hold rows: set log_error_verbosity=terse and log_min_error_statement=panic on the server',
    },
    // Without the tables there is nothing to ask.
    ...(missing === 0 ? [restDays(await tellUnknownRestDays(pool, { tenantId }))] : []),
  ];
}

const API_ROLE = 'database-api-role';
/** Where the environment is taken for that of both and names one role. */
export const API_ROLE_NOT_ASKED: SettingFinding = {
  check: API_ROLE,
  verdict: 'look',
  says: 'was not asked: name it in DATABASE_API_URL, or ask with --for api and the settings of the API',
};

/** The role of the API, beside those of the worker. */
export async function apiRoleFindings(pool: Pool): Promise<SettingFinding[]> {
  try {
    return [roleFinding(API_ROLE, await readDatabaseStanding(pool), await tooMuchPower(pool, 'api'), 'api')];
  } catch (error) {
    return [{ check: API_ROLE, verdict: 'mend', says: `does not answer: ${tellable(error)}` }];
  }
}

function roleFinding(
  check: string,
  { isSuperuser, mayMakeRoles, mayPassRules, ownsTables }: DatabaseStanding,
  power: Awaited<ReturnType<typeof tooMuchPower>>,
  service: Service,
): SettingFinding {
  const fault = isSuperuser
    ? 'is a superuser'
    : ownsTables
      ? 'is the owner of the tables'
      : mayMakeRoles || mayPassRules
        ? 'is a role that makes roles or databases'
        : power?.fault;
  const own =
    service === 'api'
      ? 'give the API the role of DATABASE_API_URL, which may what its routes do'
      : 'give worker and API a role of their own each, that reads, adds and updates only';
  const good = service === 'api' ? 'may what routes do, and no more' : 'is neither superuser nor owner';
  return finding(check, fault === undefined, good, `${fault}: ${own}`);
}

/** Nothing of the deployment is to be mended for it while the next year is not announced. */
function restDays(unknown: string | undefined): SettingFinding {
  if (unknown !== undefined) return { check: 'rest-days', verdict: 'look', says: unknown };
  return {
    check: 'rest-days',
    verdict: 'ok',
    says: `are known until ${REST_DAYS_KNOWN_UNTIL}, and nobody is due later`,
  };
}

export async function temporalFindings(connect: () => Promise<Client>): Promise<SettingFinding[]> {
  let client: Client | undefined;
  try {
    client = await connect();
    const { namespace } = client.options;
    const { config } = await client.connection.withDeadline(Date.now() + ANSWERS_WITHIN_MS, () =>
      (client as Client).workflowService.describeNamespace({ namespace }),
    );
    const days = Math.floor(Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) / (DAY_MS / SECOND_MS));
    return [
      { check: 'temporal', verdict: 'ok', says: 'answers' },
      finding(
        'temporal-retention',
        days >= LEAST_RETENTION_DAYS,
        `closed runs are shown for ${days} d`,
        `closed runs are gone after ${days} d: give the namespace ${LEAST_RETENTION_DAYS} d or more`,
      ),
    ];
  } catch (error) {
    return [{ check: 'temporal', verdict: 'mend', says: `does not answer: ${tellable(error)}` }];
  } finally {
    await client?.connection.close();
  }
}

/** What the Web UI says of itself to whoever asks, before anybody has logged in. */
export async function webUiFindings(address: string | undefined): Promise<SettingFinding[]> {
  const check = 'web-ui';
  if (address === undefined) {
    return [{ check, verdict: 'look', says: 'was not asked: name it with --web-ui URL, or see that it has a login' }];
  }
  try {
    const answer = await fetch(new URL('/api/v1/settings', address), {
      signal: AbortSignal.timeout(ANSWERS_WITHIN_MS),
    });
    const settings = (await answer.json()) as { Auth?: { Enabled?: boolean }; DisableWriteActions?: boolean };
    if (settings.Auth?.Enabled === true) return [{ check, verdict: 'ok', says: 'has a login' }];
    const may = settings.DisableWriteActions === true ? 'read all' : 'read all and send messages to workflows';
    return [
      { check, verdict: 'mend', says: `has no login: whoever reaches it may ${may}; set TEMPORAL_AUTH_ENABLED=true` },
    ];
  } catch {
    return [{ check, verdict: 'mend', says: 'does not answer at --web-ui' }];
  }
}
