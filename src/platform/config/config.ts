/**
 * Every setting of a running system, read once at start and validated. The only reader of `process.env`. A bad value
 * gets an error that names the variable, what is wrong with it, and an example.
 */
import { isIP } from 'node:net';
import { z } from 'zod';
import { databaseUrlFault } from './databaseUrl';
import { type GivenTemporal, TEMPORAL_SETTINGS, type TemporalSettings, temporalSettings } from './temporal';

const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
const RAIL_KINDS = ['sandbox', 'http'] as const;

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
  vault: { keyId: string; key: Buffer };
  /** Signs what the books hold, 32 bytes; \`old\` are keys of before, which still prove what they signed. */
  books: { keyId: string; key: Buffer; old: Record<string, Buffer> };
  /** What the secrets of providers that sign their receipts are derived from. */
  receiptSecret: string;
  /** Who may post signed receipts, and who of them still signs the body alone. */
  receipts: { providers: string[]; bodySignatures: string[] };
  /** What the secret paths of providers are derived from, and from where each may push; not named: from anywhere. */
  callbacks: { secret: string; addresses: Record<string, string[]> };
  /** Seals the verification codes of notices, 32 bytes. */
  /** Signs who sends a message to Temporal. */
  actorSecret: string;
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
  /** Where debits go; `sandbox` is a fake that moves nothing. */
  paymentRail: { kind: 'sandbox' } | { kind: 'http'; url: string; keyId: string; secret: string };
  /** Speed and start of an accelerated clock; 1 is real time. Fixed at the first start (table business_clock). */
  clock: { speed: number; startAt: string | undefined };
  /** How long rows that callers make are kept, and how long a refusal answers for its Idempotency-Key. */
  retention: Retention;
  logLevel: (typeof LOG_LEVELS)[number];
}

export interface Retention {
  requestsDays: number;
  checksDays: number;
  reportsDays: number;
  troublesDays: number;
  refusalsHours: number;
}

interface Setting {
  schema: z.ZodType;
  fix: string;
}

/** `10.0.0.5`, `10.1.0.0/16`, `fd00::/8`. A network of everybody would let each caller name its own address. */
function isAddressOrNetwork(text: string): boolean {
  const [, address = '', bits] = /^([^/]+?)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address);
  return version !== 0 && (bits === undefined || (Number(bits) > 0 && Number(bits) <= (version === 4 ? 32 : 128)));
}

/** Fixed lines with their area, 400, 800 and 95 numbers, as digits: never a mobile number, which nobody knows as ours. */
const OFFICIAL_NUMBER = /^(95\d{3,6}|[48]00\d{7}|0[1-9]\d{8,10})$/;
const MAX_OFFICIAL_NUMBERS = 20;

export function officialNumbersOf(list: string | undefined): string[] {
  return list?.split(',') ?? [];
}

const DEFAULT_NAMESPACE = 'default';

function whole(min: number, max: number, byDefault: number): z.ZodType {
  return z.coerce.number().int().min(min).max(max).default(byDefault);
}
const PROVIDER_NAMES = /^[a-z][a-z0-9-]{0,39}(,[a-z][a-z0-9-]{0,39}){0,99}$/;

const port = z.coerce.number().int().min(1).max(65_535);

/** `host:port`. */
const TEMPORAL_ADDRESS = /^[^\s:/]+:\d{1,5}$/;
const path = z.string().min(1).optional();
const certificate = z
  .string()
  .regex(/^-----BEGIN [A-Z0-9 ]+-----\s/)
  .optional();

const SETTINGS = {
  TEMPORAL_ADDRESS: {
    // A profile can give it: that one of both does is checked where they are put together.
    schema: z.string().regex(TEMPORAL_ADDRESS).optional(),
    fix: 'host:port without a scheme, such as 127.0.0.1:7233',
  },
  TEMPORAL_NAMESPACE: {
    schema: z
      .string()
      .regex(/^[\w.-]+$/)
      .optional(),
    fix: 'a namespace name, such as default',
  },
  TEMPORAL_API_KEY: { schema: z.string().min(1).optional(), fix: 'an API key, or nothing' },
  TEMPORAL_CONFIG_FILE: {
    schema: path,
    fix: "the path of a file of Temporal's profiles, such as /run/secrets/temporal.toml",
  },
  TEMPORAL_PROFILE: {
    schema: z
      .string()
      .regex(/^[\w.-]{1,60}$/)
      .optional(),
    fix: 'the name of a profile in TEMPORAL_CONFIG_FILE, such as production',
  },
  TEMPORAL_TLS: { schema: z.enum(['true', 'false']).optional(), fix: 'true or false' },
  TEMPORAL_TLS_SERVER_NAME: {
    schema: z
      .string()
      .regex(/^[A-Za-z0-9.-]{1,253}$/)
      .optional(),
    fix: "the name in the server's certificate, such as temporal.example",
  },
  TEMPORAL_TLS_SERVER_CA_CERT_PATH: {
    schema: path,
    fix: 'the path of a certificate, such as /run/secrets/temporal-ca.pem',
  },
  TEMPORAL_TLS_SERVER_CA_CERT_DATA: { schema: certificate, fix: 'the text of a certificate (PEM)' },
  TEMPORAL_TLS_CLIENT_CERT_PATH: {
    schema: path,
    fix: 'the path of our certificate, such as /run/secrets/temporal.pem',
  },
  TEMPORAL_TLS_CLIENT_CERT_DATA: { schema: certificate, fix: 'the text of our certificate (PEM)' },
  TEMPORAL_TLS_CLIENT_KEY_PATH: { schema: path, fix: 'the path of its key, such as /run/secrets/temporal.key' },
  TEMPORAL_TLS_CLIENT_KEY_DATA: { schema: certificate, fix: 'the text of its key (PEM)' },
  TEMPORAL_TLS_DISABLE_HOST_VERIFICATION: {
    schema: z.undefined(),
    fix: 'nothing: a server is always checked, by TEMPORAL_TLS_SERVER_CA_CERT_PATH and TEMPORAL_TLS_SERVER_NAME',
  },
  DATABASE_URL: {
    schema: z
      .string()
      .regex(/^postgres(ql)?:\/\/\S+$/)
      .refine((url) => databaseUrlFault(url) === undefined),
    fix:
      'a PostgreSQL URL, such as postgres://creditloom:secret@127.0.0.1:5432/creditloom, and with TLS ' +
      '?sslmode=verify-full&sslrootcert=/run/secrets/postgres-ca.pem, a file that can be read',
  },
  DATABASE_OWNER_URL: {
    schema: z
      .string()
      .regex(/^postgres(ql)?:\/\/\S+$/)
      .optional(),
    fix: 'a PostgreSQL URL of the role that owns the tables, such as postgres://creditloom_owner:secret@127.0.0.1:5432/creditloom',
  },
  DATABASE_API_URL: {
    schema: z
      .string()
      .regex(/^postgres(ql)?:\/\/\S+$/)
      .refine((url) => databaseUrlFault(url) === undefined)
      .optional(),
    fix: "a PostgreSQL URL of the API's own role, such as postgres://creditloom_api:secret@127.0.0.1:5432/creditloom",
  },
  DATABASE_READER_URL: {
    schema: z
      .string()
      .regex(/^postgres(ql)?:\/\/\S+$/)
      .optional(),
    fix: 'a PostgreSQL URL, such as postgres://creditloom_reader:secret@127.0.0.1:5432/creditloom',
  },
  DATABASE_POOL_SIZE: {
    schema: z.coerce.number().int().min(2).max(200).default(10),
    fix: 'a whole number from 2 to 200, such as 10',
  },
  API_HOST: { schema: z.string().min(1).default('127.0.0.1'), fix: 'an address to listen on, such as 127.0.0.1' },
  API_PORT: { schema: port.default(8080), fix: 'a port from 1 to 65535, such as 8080' },
  RATE_PER_KEY: {
    schema: z.coerce.number().int().min(1).max(1_000_000).default(200),
    fix: 'a whole number of requests a second from 1 to 1000000, such as 200',
  },
  RATE_PER_ADDRESS: {
    schema: z.coerce.number().int().min(1).max(1_000_000).default(20),
    fix: 'a whole number of requests a second from 1 to 1000000, such as 20',
  },
  API_OPEN_DOCS: { schema: z.enum(['true', 'false']).default('false'), fix: 'true or false' },
  TENANT_ID: {
    schema: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,39}$/)
      .default('demo'),
    fix: 'lower-case letters, digits and dashes, such as demo',
  },
  NOTICE_LANES: {
    schema: z.coerce.number().int().min(1).max(1024).default(4),
    fix: 'a whole number from 1 to 1024, such as 4',
  },
  VAULT_KEY: {
    schema: z.string().regex(/^[0-9a-f]{64}$/),
    fix: '64 hexadecimal digits (256 bits), such as the output of: openssl rand -hex 32',
  },
  VAULT_KEY_ID: {
    schema: z
      .string()
      .regex(/^[\w-]{1,40}$/)
      .default('k1'),
    fix: 'a short name of the key, such as k1',
  },
  BOOKS_KEY: {
    schema: z.string().regex(/^[0-9a-f]{64}$/),
    fix: '64 hexadecimal digits (256 bits), such as the output of: openssl rand -hex 32',
  },
  BOOKS_KEY_ID: {
    schema: z
      .string()
      .regex(/^[\w-]{1,20}$/)
      .default('b1'),
    fix: 'a short name of the key, such as b1',
  },
  BOOKS_OLD_KEYS: {
    schema: z
      .string()
      .regex(/^[\w-]{1,20}=[0-9a-f]{64}(,[\w-]{1,20}=[0-9a-f]{64})*$/)
      .optional(),
    fix: 'keys of before with their names, such as b0=64 hexadecimal digits, with commas between',
  },
  RECEIPT_SECRET: {
    schema: z.string().min(16),
    fix: 'at least 16 characters, such as the output of: openssl rand -hex 16',
  },
  RECEIPT_PROVIDERS: {
    schema: z.string().regex(PROVIDER_NAMES).default('sink'),
    fix: 'names of providers with commas between, such as sink,carrier-a',
  },
  RECEIPT_BODY_SIGNATURES: {
    schema: z.string().regex(PROVIDER_NAMES).optional(),
    fix: 'names of providers with commas between, such as carrier-a, or nothing',
  },
  CALLBACK_SECRET: {
    schema: z.string().min(32),
    fix: 'at least 32 characters, such as the output of: openssl rand -hex 32',
  },
  CALLBACK_ADDRESSES: {
    schema: z
      .string()
      .refine((text) => callbackAddresses(text) !== undefined)
      .optional(),
    fix: 'addresses or networks by provider, such as aliyun=203.0.113.0/24,203.0.114.7;tencent=198.51.100.0/24',
  },
  ACTOR_SECRET: {
    schema: z.string().min(32),
    fix: 'at least 32 characters, such as the output of: openssl rand -hex 32',
  },
  OPERATOR_KEY: {
    schema: z
      .string()
      .regex(/^clk_\S{1,196}$/)
      .optional(),
    fix: 'an API key, which begins with clk_',
  },
  CODE_KEY: {
    schema: z.string().regex(/^[0-9a-f]{64}$/),
    fix: '64 hexadecimal digits (256 bits), such as the output of: openssl rand -hex 32',
  },
  TRUSTED_PROXIES: {
    schema: z
      .string()
      .refine((list) => list.split(',').every(isAddressOrNetwork))
      .optional(),
    fix: 'addresses or networks with commas between, such as 10.0.0.5,10.1.0.0/16',
  },
  OFFICIAL_NUMBERS: {
    schema: z
      .string()
      .refine((list) => {
        const numbers = officialNumbersOf(list);
        return numbers.length <= MAX_OFFICIAL_NUMBERS && numbers.every((number) => OFFICIAL_NUMBER.test(number));
      })
      .optional(),
    fix: 'fixed lines with their area, 400, 800 or 95 numbers as digits with commas between, such as 4008000000,95000',
  },
  REMEDY_CHANNEL: {
    schema: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/)
      .default('hotline'),
    fix: '1 to 100 letters, digits or ._:- such as hotline',
  },
  SINK_CALLBACK_URL: {
    schema: z
      .string()
      .regex(/^https?:\/\/\S+$/)
      .optional(),
    fix: 'a URL, such as http://127.0.0.1:8080/v1/receipts/sink',
  },
  SMS_PROVIDERS_FILE: {
    schema: z.string().min(1).optional(),
    fix: 'the path of a JSON file (docs/notices.md), such as /run/secrets/sms-providers.json',
  },
  CHANNELS_FILE: {
    schema: z.string().min(1).optional(),
    fix: 'the path of a JSON file (docs/channels.md), such as /run/secrets/channels.json',
  },
  PAYMENT_RAIL: { schema: z.enum(RAIL_KINDS).default('sandbox'), fix: 'sandbox or http' },
  PAYMENT_RAIL_URL: {
    // Debits name mandates: without TLS on the way to this machine itself only. Signed, so no user and no query.
    schema: z
      .string()
      .regex(/^(https:\/\/[^\s/?#@:]+|http:\/\/(127\.0\.0\.1|localhost))(:\d{1,5})?(\/[^\s?#@]*)?$/)
      .optional(),
    fix: 'an https URL without user and query, such as https://rail.example/v1',
  },
  PAYMENT_RAIL_KEY_ID: {
    schema: z
      .string()
      .regex(/^[\w-]{1,40}$/)
      .optional(),
    fix: 'the name that the rail gave our key, such as lender-1',
  },
  PAYMENT_RAIL_SECRET: {
    schema: z.string().min(32).optional(),
    fix: 'at least 32 characters, such as the output of: openssl rand -hex 32',
  },
  CLOCK_SPEED: {
    schema: z.coerce.number().min(1).max(500_000).default(1),
    fix: 'a number from 1 (real time) to 500000, such as 105120',
  },
  CLOCK_START: {
    schema: z.iso.datetime({ offset: true }).optional(),
    fix: 'an instant, such as 2026-01-01T00:00:00+08:00',
  },
  REQUESTS_KEPT_DAYS: { schema: whole(30, 3_650, 90), fix: 'a whole number from 30 to 3650, such as 90' },
  CHECKS_KEPT_DAYS: { schema: whole(60, 3_650, 400), fix: 'a whole number from 60 to 3650, such as 400' },
  REPORTS_KEPT_DAYS: { schema: whole(180, 3_650, 1_095), fix: 'a whole number from 180 to 3650, such as 1095' },
  TROUBLES_KEPT_DAYS: { schema: whole(30, 3_650, 180), fix: 'a whole number from 30 to 3650, such as 180' },
  REFUSALS_STAND_HOURS: { schema: whole(1, 720, 24), fix: 'a whole number from 1 to 720, such as 24' },
  LOG_LEVEL: {
    schema: z.enum(LOG_LEVELS).default('info'),
    fix: 'one of debug, info, warn, error, silent',
  },
  TEMPORAL_CLI: { schema: z.string().min(1).optional(), fix: 'the path of a `temporal` executable' },
} satisfies Record<string, Setting>;

export type SettingName = keyof typeof SETTINGS;
export const SETTING_NAMES = Object.keys(SETTINGS) as SettingName[];

/** What is set, as text, for a start that provides the rest by itself. */
export type GivenSettings = { readonly [Name in SettingName]?: string };

/** Thrown with one line per faulty variable; the values of secrets are never repeated. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Secrets that a process has no use for: it need not be given them, and they are empty in its configuration. */
export const DOES_WITHOUT = {
  api: [],
  worker: ['CALLBACK_SECRET'],
  prepare: ['VAULT_KEY', 'CODE_KEY', 'ACTOR_SECRET', 'RECEIPT_SECRET', 'CALLBACK_SECRET'],
} as const satisfies Record<string, readonly SettingName[]>;

/** Reads the configuration; throws {@link ConfigError} that lists every fault at once. */
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
    if (!parsed.success) faults.push(describe(name, raw, fix));
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
      rates: { perKey: rateOf(read('RATE_PER_KEY')), perAddress: rateOf(read('RATE_PER_ADDRESS')) },
    },
    tenantId: read('TENANT_ID'),
    noticeLanes: read('NOTICE_LANES'),
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
    sinkCallbackUrl: read('SINK_CALLBACK_URL'),
    paymentRail: readPaymentRail(read, (name) => {
      if (isBlank(env[name])) faults.push(describe(name, undefined, `${SETTINGS[name].fix} (PAYMENT_RAIL is http)`));
    }),
    clock: { speed: read('CLOCK_SPEED'), startAt: read('CLOCK_START') },
    retention: readRetention(read),
    logLevel: read('LOG_LEVEL'),
  };
  refuse(faults);
  return config;
}

function readRetention(read: <Value>(name: SettingName) => Value): Retention {
  return {
    requestsDays: read('REQUESTS_KEPT_DAYS'),
    checksDays: read('CHECKS_KEPT_DAYS'),
    reportsDays: read('REPORTS_KEPT_DAYS'),
    troublesDays: read('TROUBLES_KEPT_DAYS'),
    refusalsHours: read('REFUSALS_STAND_HOURS'),
  };
}

/** What is kept for how long, for a command that asks for no more. What is given was checked when it was read. */
export function retentionOf(given: GivenSettings): Retention {
  return readRetention(<Value>(name: SettingName) => SETTINGS[name].schema.parse(given[name]) as Value);
}

/** Each variable by itself, then what they and the profile make together. */
function readTemporal(
  env: Record<string, string | undefined>,
  read: <Value>(name: SettingName) => Value,
  faults: string[],
): TemporalSettings {
  const before = faults.length;
  for (const name of TEMPORAL_SETTINGS) read(name);
  if (faults.length > before) return { address: '', namespace: '', apiKey: undefined };
  return connectionOf(env, faults);
}

function connectionOf(env: GivenTemporal, faults: string[]): TemporalSettings {
  const made = temporalSettings(env);
  faults.push(...made.faults.map(({ name, fault }) => `  ${name} ${fault}: give ${SETTINGS[name].fix}`));
  const { address, namespace = DEFAULT_NAMESPACE, apiKey, ...how } = made.settings;
  if (made.faults.length === 0 && !TEMPORAL_ADDRESS.test(address ?? '')) {
    const profile = isBlank(env.TEMPORAL_CONFIG_FILE) ? undefined : address;
    faults.push(describe('TEMPORAL_ADDRESS', profile, SETTINGS.TEMPORAL_ADDRESS.fix));
  }
  return { address: address ?? '', namespace, apiKey, ...how };
}

/** How a command reaches the Temporal of its settings. Throws {@link ConfigError}. */
export function temporalOf(given: GivenSettings): TemporalSettings {
  const faults: string[] = [];
  const settings = connectionOf(given, faults);
  refuse(faults);
  return settings;
}

/** The keys of the books out of checked settings; without a key one that signs and proves nothing. */
export function booksKeysOf(given: {
  BOOKS_KEY?: string | undefined;
  BOOKS_KEY_ID?: string | undefined;
  BOOKS_OLD_KEYS?: string | undefined;
}): Config['books'] {
  const old = (given.BOOKS_OLD_KEYS ?? '').split(',').flatMap((part): [string, Buffer][] => {
    const [id, hex] = part.split('=');
    return id && hex ? [[id, Buffer.from(hex, 'hex')]] : [];
  });
  return {
    keyId: given.BOOKS_KEY_ID ?? 'b1',
    key: Buffer.from(given.BOOKS_KEY ?? '', 'hex'),
    old: Object.fromEntries(old),
  };
}

/** After a rest ten seconds' worth at once: work comes in batches. */
function rateOf(perSecond: number): { perSecond: number; burst: number } {
  return { perSecond, burst: 10 * perSecond };
}

/** Lists by provider; undefined when the text is no such list. A name counts once: of two lists one would not hold. */
function callbackAddresses(text: string): Record<string, string[]> | undefined {
  const lists = new Map<string, string[]>();
  for (const part of text === '' ? [] : text.split(';')) {
    const [, name, list] = /^([a-z][a-z0-9-]{0,39})=(.+)$/.exec(part) ?? [];
    const addresses = list?.split(',') ?? [];
    if (name === undefined || lists.has(name) || !addresses.every(isAddressOrNetwork)) return undefined;
    lists.set(name, addresses);
  }
  return Object.fromEntries(lists);
}

/** What an HTTP rail needs is required with it only, and checked whenever it is set: a fault is told before the switch. */
function readPaymentRail(
  read: <Value>(name: SettingName) => Value,
  need: (name: SettingName) => void,
): Config['paymentRail'] {
  const kind = read<(typeof RAIL_KINDS)[number] | undefined>('PAYMENT_RAIL');
  const [url = '', keyId = '', secret = ''] = RAIL_SETTINGS.map((name) => read<string | undefined>(name));
  if (kind !== 'http') return { kind: 'sandbox' };
  for (const name of RAIL_SETTINGS) need(name);
  return { kind, url, keyId, secret };
}

const RAIL_SETTINGS = ['PAYMENT_RAIL_URL', 'PAYMENT_RAIL_KEY_ID', 'PAYMENT_RAIL_SECRET'] as const;

/** A variable that is set to nothing counts as not set. */
function isBlank(raw: string | undefined): raw is '' | undefined {
  return raw === undefined || raw === '';
}

/** Checks what is set and leaves out what is not; throws {@link ConfigError} that lists every fault at once. */
export function readGivenSettings(env: Record<string, string | undefined> = process.env): GivenSettings {
  const faults: string[] = [];
  const given: { [Name in SettingName]?: string } = {};
  for (const name of SETTING_NAMES) {
    const raw = env[name];
    if (isBlank(raw)) continue;
    const { schema, fix }: Setting = SETTINGS[name];
    if (schema.safeParse(raw).success) given[name] = raw;
    else faults.push(describe(name, raw, fix));
  }
  refuse(faults);
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

function refuse(faults: readonly string[]): void {
  if (faults.length > 0) throw new ConfigError(`The configuration is not usable:\n${faults.join('\n')}`);
}

/** Of these each deployment makes its own, by chance. */
export const MADE_BY_CHANCE = [
  ...(['VAULT_KEY', 'CODE_KEY', 'BOOKS_KEY', 'ACTOR_SECRET', 'RECEIPT_SECRET', 'CALLBACK_SECRET'] as const),
] as const;

const SECRET: ReadonlySet<SettingName> = new Set<SettingName>([
  'VAULT_KEY',
  'RECEIPT_SECRET',
  'CALLBACK_SECRET',
  'ACTOR_SECRET',
  'OPERATOR_KEY',
  'CODE_KEY',
  'BOOKS_KEY',
  'BOOKS_OLD_KEYS',
  'TEMPORAL_API_KEY',
  'TEMPORAL_TLS_CLIENT_KEY_DATA',
  'DATABASE_URL',
  'DATABASE_OWNER_URL',
  'DATABASE_API_URL',
  'DATABASE_READER_URL',
  'PAYMENT_RAIL_SECRET',
  // One that is refused may be so for a password in it.
  'PAYMENT_RAIL_URL',
]);

function describe(name: SettingName, raw: string | undefined, fix: string): string {
  if (isBlank(raw)) return `  ${name} is not set: give ${fix}`;
  const shown = SECRET.has(name) ? 'its value (not shown: it is a secret)' : JSON.stringify(raw);
  return `  ${name}: ${shown} is not valid: give ${fix}`;
}
