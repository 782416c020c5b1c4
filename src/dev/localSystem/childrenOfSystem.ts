/** The API and the worker of a system, as processes with settings of their own. */
import { join } from 'node:path';
import type { LocalSecrets } from '../../cli/operations/localSecrets';
import type { DatabaseUrls } from '../../db/roles/roles';
import type { GivenSettings } from '../../platform/config/settings';
import { TEMPORAL_SETTINGS } from '../../platform/config/temporal';
import { writePrivateFile } from '../../platform/provision/privateFiles';
import { startChild } from './childProcess';
import { type KeptChild, keepChild } from './keptChild';
import type { RunningParts } from './partsOfSystem';
import type { SystemOptions } from './systemOptions';

interface Found {
  temporalAddress: string;
  apiPort: number;
  secrets: LocalSecrets;
}

/** The settings of the worker and the API: what is set stays, what is missing is what this start found or made. */
export function childEnvironment(options: SystemOptions, { temporalAddress, apiPort, secrets }: Found) {
  const made: GivenSettings = {
    VAULT_KEY: secrets.vaultKey,
    RECEIPT_SECRET: secrets.receiptSecret,
    CALLBACK_SECRET: secrets.callbackSecret,
    ACTOR_SECRET: secrets.actorSecret,
    CODE_KEY: secrets.codeKey,
    BOOKS_KEY: secrets.booksKey,
    API_OPEN_DOCS: 'true',
    // The sample portfolio and a replay live years in minutes, all through one key.
    RATE_PER_KEY: '100000',
    SINK_CALLBACK_URL: `http://127.0.0.1:${apiPort}/v1/receipts/sink`,
    LOG_LEVEL: 'warn',
  };
  const fixed: GivenSettings = {
    TEMPORAL_ADDRESS: temporalAddress,
    // Each gets the URL of its own role alone.
    DATABASE_OWNER_URL: '',
    DATABASE_API_URL: '',
    DATABASE_READER_URL: '',
    TENANT_ID: options.tenantId,
    API_PORT: String(apiPort),
    CLOCK_SPEED: String(options.speed),
    ...(options.dataSources && { DATA_SOURCES_FILE: dataSourcesFile(options) }),
  };
  return { ...options.environment, ...made, ...options.settings, ...fixed, ...withoutTls(options) };
}

/** Where the worker finds its suppliers; written once the folder is held, because another run may have its own there. */
export function keepDataSources(options: SystemOptions): void {
  if (options.dataSources) writePrivateFile(dataSourcesFile(options), JSON.stringify(options.dataSources));
}

function dataSourcesFile({ stateDir }: Pick<SystemOptions, 'stateDir'>): string {
  return join(stateDir, 'data-sources.json');
}

/** What leads to the Temporal that is named leads nowhere for one that was started here; nothing is as not set. */
function withoutTls({ settings }: SystemOptions): GivenSettings {
  if (settings.TEMPORAL_ADDRESS !== undefined) return {};
  const others = TEMPORAL_SETTINGS.filter((name) => name !== 'TEMPORAL_ADDRESS' && name !== 'TEMPORAL_NAMESPACE');
  return Object.fromEntries(others.map((name) => [name, '']));
}

export async function startChildren(
  options: SystemOptions,
  shared: NodeJS.ProcessEnv,
  { apiUrl, applicationUrl }: Pick<DatabaseUrls, 'apiUrl' | 'applicationUrl'>,
  parts: RunningParts,
): Promise<KeptChild[]> {
  const children: KeptChild[] = [];
  for (const [name, module, databaseUrl] of [
    ['API', '../../api.js', apiUrl],
    ['worker', '../../worker.js', applicationUrl],
  ] as const) {
    options.report(`starting the ${name}`);
    const env = { ...shared, DATABASE_URL: databaseUrl };
    const logFile = join(options.stateDir, 'logs', `${name.toLowerCase()}.log`);
    const start = () => startChild(`the ${name}`, join(__dirname, module), env, logFile);
    const child = await keepChild({ start, report: options.report });
    children.push(child);
    parts.add(`the ${name}`, () => child.stop());
  }
  return children;
}
