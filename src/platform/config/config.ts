/**
 * Reads every setting of a running system once at start, and joins what was read. The only reader of `process.env`. A
 * bad value gets an error that names the variable, what is wrong with it, and an example.
 */
import { requestRateOf } from './apiVariables';
import { callbackAddresses } from './callbackVariables';
import { refuseFaults, settingFault } from './configError';
import type { LOG_LEVELS } from './deploymentVariables';
import { booksKeysOf, type KeysOfBooks } from './keyVariables';
import { officialNumbersOf } from './messagingVariables';
import { type PaymentRailSettings, readPaymentRail } from './railVariables';
import { readTemporal, temporalOf } from './readTemporal';
import { type Retention, readRetention } from './retention';
import { isBlank, type Setting } from './setting';
import { type GivenSettings, SETTING_NAMES, SETTINGS, type SettingName } from './settings';
import type { TemporalSettings } from './temporal';

export interface Config {
  temporal: TemporalSettings;
  /** Of the process's own role: that of the worker and the commands, or the API's. */
  databaseUrl: string;
  /** Of the role that owns the tables, or of a superuser: for `prepare` alone, which migrates. */
  databaseOwnerUrl: string | undefined;
  /** Of the API's role, for `prepare`, which makes it: the API itself has it as its `DATABASE_URL`. */
  databaseApiUrl: string | undefined;
  /** Of the role that only reads; `prepare` makes it. */
  databaseReaderUrl: string | undefined;
  /** Connections of one process. */
  databasePoolSize: number;
  api: {
    host: string;
    port: number;
    openDocs: boolean;
    /** Units of requests a second, and how many at once after a rest. */
    rates: Record<'perKey' | 'perAddress', { perSecond: number; burst: number }>;
  };
  tenantId: string;
  /** Lanes of notices; fixed for a deployment, because a borrower belongs to one. */
  noticeLanes: number;
  /** So long the daily close waits for an account before it calls a person, in business time. */
  closeWaitsHours: number;
  vault: { keyId: string; key: Buffer };
  /** Signs what the books hold. */
  books: KeysOfBooks;
  /** What the secrets of providers that sign their receipts are derived from. */
  receiptSecret: string;
  /** Who may post signed receipts, and who of them still signs the body alone. */
  receipts: { providers: string[]; bodySignatures: string[] };
  /** What the secret paths of providers are derived from, and from where each may push; not named: from anywhere. */
  callbacks: { secret: string; addresses: Record<string, string[]> };
  /** Signs who sends a message to Temporal. */
  actorSecret: string;
  /** Seals the verification codes of notices, 32 bytes. */
  codeKey: Buffer;
  /** Whose word counts on which address a request came from: addresses and networks of our own proxies. */
  trustedProxies: string[];
  /** The lender's own numbers that a notice may name, as digits. */
  officialNumbers: string[];
  /** Where a borrower turns to whom the anomaly guard stops. */
  remedyChannel: string;
  /** Where the `sink` provider posts its receipts. */
  sinkCallbackUrl: string | undefined;
  /** File of SMS providers; without one there is the sink, which sends nothing. */
  smsProvidersFile: string | undefined;
  /** File of the mail server and the gateway of pushes; without one there are neither. */
  channelsFile: string | undefined;
  /** File of the suppliers that are asked about applicants; without one nobody is. */
  dataSourcesFile: string | undefined;
  /** Where debits go; `sandbox` is a fake that moves nothing. */
  paymentRail: PaymentRailSettings;
  /** Speed and start of an accelerated clock; 1 is real time. Fixed at the first start (table business_clock). */
  clock: { speed: number; startAt: string | undefined };
  /** How long rows that callers make are kept, and how long a refusal answers for its Idempotency-Key. */
  retention: Retention;
  logLevel: (typeof LOG_LEVELS)[number];
}

/** Reads the configuration; throws ConfigError that lists every fault at once. */
export function readConfig(
  env: Record<string, string | undefined> = process.env,
  unused: readonly SettingName[] = [],
): Config {
  const faults: string[] = [];
  const read = <Value>(name: SettingName): Value => {
    const { schema, fix }: Setting = SETTINGS[name];
    const raw = env[name];
    if (isBlank(raw) && unused.includes(name)) return '' as Value;
    const parsed = schema.safeParse(isBlank(raw) ? undefined : raw);
    if (!parsed.success) faults.push(settingFault(name, raw, fix));
    return parsed.data as Value;
  };
  const vaultKey = read<string | undefined>('VAULT_KEY');
  const config: Config = {
    temporal: readTemporal(env, read, faults),
    databaseUrl: read('DATABASE_URL'),
    databaseOwnerUrl: read('DATABASE_OWNER_URL'),
    databaseApiUrl: read('DATABASE_API_URL'),
    databaseReaderUrl: read('DATABASE_READER_URL'),
    databasePoolSize: read('DATABASE_POOL_SIZE'),
    api: {
      host: read('API_HOST'),
      port: read('API_PORT'),
      openDocs: read<string>('API_OPEN_DOCS') === 'true',
      rates: { perKey: requestRateOf(read('RATE_PER_KEY')), perAddress: requestRateOf(read('RATE_PER_ADDRESS')) },
    },
    tenantId: read('TENANT_ID'),
    noticeLanes: read('NOTICE_LANES'),
    closeWaitsHours: read('CLOSE_WAITS_HOURS'),
    vault: { keyId: read('VAULT_KEY_ID'), key: Buffer.from(vaultKey ?? '', 'hex') },
    books: booksKeysOf({
      BOOKS_KEY: read('BOOKS_KEY'),
      BOOKS_KEY_ID: read('BOOKS_KEY_ID'),
      BOOKS_OLD_KEYS: read('BOOKS_OLD_KEYS'),
    }),
    receiptSecret: read('RECEIPT_SECRET'),
    receipts: {
      providers: read<string | undefined>('RECEIPT_PROVIDERS')?.split(',') ?? [],
      bodySignatures: read<string | undefined>('RECEIPT_BODY_SIGNATURES')?.split(',') ?? [],
    },
    callbacks: {
      secret: read('CALLBACK_SECRET'),
      addresses: callbackAddresses(read<string | undefined>('CALLBACK_ADDRESSES') ?? '') ?? {},
    },
    actorSecret: read('ACTOR_SECRET'),
    codeKey: Buffer.from(read<string | undefined>('CODE_KEY') ?? '', 'hex'),
    trustedProxies: read<string | undefined>('TRUSTED_PROXIES')?.split(',') ?? [],
    officialNumbers: officialNumbersOf(read<string | undefined>('OFFICIAL_NUMBERS')),
    remedyChannel: read('REMEDY_CHANNEL'),
    smsProvidersFile: read('SMS_PROVIDERS_FILE'),
    channelsFile: read('CHANNELS_FILE'),
    dataSourcesFile: read('DATA_SOURCES_FILE'),
    sinkCallbackUrl: read('SINK_CALLBACK_URL'),
    paymentRail: readPaymentRail(read, (name) => {
      if (isBlank(env[name]))
        faults.push(settingFault(name, undefined, `${SETTINGS[name].fix} (PAYMENT_RAIL is http)`));
    }),
    clock: { speed: read('CLOCK_SPEED'), startAt: read('CLOCK_START') },
    retention: readRetention(read),
    logLevel: read('LOG_LEVEL'),
  };
  refuseFaults(faults);
  return config;
}

/** Checks what is set and leaves out what is not; throws ConfigError that lists every fault at once. */
export function readGivenSettings(env: Record<string, string | undefined> = process.env): GivenSettings {
  const faults: string[] = [];
  const given: { [Name in SettingName]?: string } = {};
  for (const name of SETTING_NAMES) {
    const raw = env[name];
    if (isBlank(raw)) continue;
    const { schema, fix }: Setting = SETTINGS[name];
    if (schema.safeParse(raw).success) given[name] = raw;
    else faults.push(settingFault(name, raw, fix));
  }
  refuseFaults(faults);
  return { ...given, ...ofProfile(given) };
}

/** Where a profile leads, for whoever asks whether a server is named. */
function ofProfile(given: GivenSettings): GivenSettings {
  if (given.TEMPORAL_CONFIG_FILE === undefined && given.TEMPORAL_PROFILE === undefined) return {};
  const { address, namespace } = temporalOf(given);
  return { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace };
}

/** The whole environment, for the commands and processes that a start runs. */
export function processEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env };
}
