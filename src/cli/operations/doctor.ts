/**
 * `npx creditloom doctor [--for api|worker] [--web-ui URL] [--json]`: what production must switch on and this deployment has not, for the
 * settings of the environment. A line for each check, and no value of any setting. Exit code 0: nothing is to be mended;
 * 1: something is; 2: the settings cannot be read.
 */
import type { Pool } from 'pg';
import { withPool } from '../../db/pool';
import type { Service } from '../../db/roles/serviceRights';
import { type Config, processEnvironment, readConfig } from '../../platform/config/config';
import { DOES_WITHOUT, MADE_BY_CHANCE } from '../../platform/config/settings';
import { readSmsProviders } from '../../platform/config/smsProviders';
import { connectClient } from '../../platform/temporalConnection';
import { ArgumentError } from '../arguments';
import { runCommandLine } from '../runCommandLine';
import { alignedLines } from '../textTable';
import { readWords, usageOf } from '../usage';
import {
  API_ROLE_NOT_ASKED,
  apiRoleFindings,
  databaseFindings,
  temporalFindings,
  webUiFindings,
} from './doctorServers';
import { type SettingFinding, settingsFindings } from './doctorSettings';
import { STATE_DIR } from './localDatabase';
import { keptSecrets, secretsFile } from './localSecrets';

const USAGE = usageOf('doctor', ['[--for api|worker] [--web-ui URL] [--json]']);
const TIMEOUT_MS = 10_000;
const FILES = [
  'SMS_PROVIDERS_FILE',
  'CHANNELS_FILE',
  'DATA_SOURCES_FILE',
  'TEMPORAL_CONFIG_FILE',
  'TEMPORAL_TLS_CLIENT_KEY_PATH',
] as const;

export interface DoctorSurroundings {
  environment: Record<string, string | undefined>;
  /** Where a trial of this machine keeps its secrets. */
  stateDir?: string;
  write(text: string): void;
  connect?: typeof connectClient;
}

/** Throws ConfigError for settings that cannot be read, as every process does. */
export async function doctor(argv: readonly string[], surroundings: DoctorSurroundings): Promise<number> {
  const { environment, stateDir = STATE_DIR, write, connect = connectClient } = surroundings;
  const { options, flags } = readWords(USAGE, argv);
  const isJson = flags.has('json');
  const webUi = options.get('web-ui');
  if (webUi !== undefined && !/^https?:\/\/\S+$/.test(webUi)) {
    throw new ArgumentError('--web-ui must be an address, such as --web-ui https://temporal.lender.example');
  }
  const part = processOf(options.get('for'));
  const config = readConfig(environment, part === undefined ? [] : DOES_WITHOUT[part]);
  const findings = [
    ...settingsFindings({
      config,
      providerKinds: readSmsProviders(config.smsProvidersFile).map(({ kind }) => kind),
      localSecrets: Object.values(keptSecrets(secretsFile(stateDir))),
      secrets: new Map(secretsOf(part).map((name) => [name, environment[name] ?? ''])),
      files: new Map(FILES.flatMap((name) => (environment[name] ? [[name, environment[name]]] : []))),
    }).filter(({ check }) => part === undefined || !NOT_OF[part].includes(check)),
    ...(await serverFindings(config, part, { webUi, connect })),
  ];
  write(isJson ? `${JSON.stringify({ isReady: isReady(findings), findings }, null, 2)}\n` : `${linesOf(findings)}\n`);
  return isReady(findings) ? 0 : 1;
}

/** What one of the two processes has no settings for. Without a name the environment is that of both. */
const NOT_OF: Record<Service, readonly string[]> = {
  api: ['sms-providers', 'callback-addresses', 'payment-rail'],
  worker: ['callback-addresses', 'open-docs', 'trusted-proxies'],
};

function processOf(name: string | undefined): Service | undefined {
  if (name === undefined || name === 'api' || name === 'worker') return name;
  throw new ArgumentError(
    `--for ${name} is not known: give api or worker, or leave it out where both are set up alike`,
  );
}

function secretsOf(part: Service | undefined) {
  const unused: readonly string[] = part === undefined ? [] : DOES_WITHOUT[part];
  return MADE_BY_CHANCE.filter((name) => !unused.includes(name));
}

async function serverFindings(
  config: Config,
  part: Service | undefined,
  { webUi, connect }: { webUi: string | undefined; connect: typeof connectClient },
): Promise<SettingFinding[]> {
  const asked = <Result>(connectionString: string, ask: (pool: Pool) => Promise<Result>) =>
    withPool({ connectionString, max: 1, applicationName: 'creditloom-doctor', statementTimeoutMs: TIMEOUT_MS }, ask);
  const { databaseUrl, databaseApiUrl } = config;
  const [database, apiRole, temporal, ui] = await Promise.all([
    asked(databaseUrl, (pool) => databaseFindings(pool, part ?? 'worker', config.tenantId)),
    // Where the environment is that of both, the API's URL is the one that `prepare` gets.
    part !== undefined ? [] : databaseApiUrl ? asked(databaseApiUrl, apiRoleFindings) : [API_ROLE_NOT_ASKED],
    temporalFindings(() => connect(config.temporal)),
    webUiFindings(webUi),
  ]);
  return [...database, ...apiRole, ...temporal, ...ui];
}

function isReady(findings: readonly SettingFinding[]): boolean {
  return findings.every(({ verdict }) => verdict !== 'mend');
}

function linesOf(findings: readonly SettingFinding[]): string {
  const toMend = findings.filter(({ verdict }) => verdict === 'mend').length;
  const lines = alignedLines(
    findings.map(({ check, verdict, says }) => [verdict, check, says]),
    3,
  );
  const verdict = toMend === 0 ? 'Nothing is to be mended.' : `${toMend} to mend: docs/production.md`;
  return [...lines, verdict].join('\n');
}

function main(argv: readonly string[]): Promise<number> {
  return doctor(argv, { environment: processEnvironment(), write: (text) => process.stdout.write(text) });
}

if (require.main === module) runCommandLine(main, USAGE);
