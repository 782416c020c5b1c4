/** What production must switch on, as far as the settings tell. Each answer is one line, and repeats no value. */
import { lstatSync } from 'node:fs';
import { CALLBACK_PROVIDERS } from '../../adapters/sms/callbacks';
import type { Config } from '../../platform/config/config';
import { tlsOfDatabase } from '../../platform/config/databaseUrl';

/** `mend`: not for production as it is. `look`: it cannot be told from here. */
export interface SettingFinding {
  check: string;
  verdict: 'ok' | 'mend' | 'look';
  says: string;
}

/** The kinds of providers that push, by what their callbacks are called. */
const PUSHES: Record<string, string> = { aliyun: 'aliyun', tencent: 'tencent', http: 'http-gateway' };
const LEAST_PASSWORD = 12;
const LEAST_CHARACTERS = 8;

export interface SettingsChecked {
  config: Config;
  /** Kinds of the SMS providers, in their order. */
  providerKinds: readonly string[];
  /** Secrets that `npm start` made on this machine. */
  localSecrets: readonly string[];
  /** The values of the settings that are secrets, by name. */
  secrets: ReadonlyMap<string, string>;
  /** Files that hold secrets, by the setting that names them. */
  files: ReadonlyMap<string, string>;
}

export function settingsFindings(checked: SettingsChecked): SettingFinding[] {
  const { config } = checked;
  return [
    temporalTls(config),
    temporalIdentity(config),
    databaseTls(config),
    databasePassword(config),
    ...secretFindings(checked),
    ...fileFindings(checked),
    openDocs(config),
    trustedProxies(config),
    ...providerFindings(checked),
    paymentRail(config),
    clockSpeed(config),
    logLevel(config),
    officialNumbers(config),
    retention(config),
  ];
}

const ok = (check: string, says: string): SettingFinding => ({ check, verdict: 'ok', says });
const mend = (check: string, says: string): SettingFinding => ({ check, verdict: 'mend', says });
const look = (check: string, says: string): SettingFinding => ({ check, verdict: 'look', says });

function temporalTls({ temporal: { tls, apiKey } }: Config): SettingFinding {
  const isOn = apiKey !== undefined || (tls !== undefined && tls !== null && tls !== false);
  if (!isOn)
    return mend('temporal-tls', 'is off: set TEMPORAL_TLS=true, or a profile of TEMPORAL_CONFIG_FILE with tls');
  return ok('temporal-tls', 'is on, and the server is checked');
}

function temporalIdentity({ temporal: { tls, apiKey } }: Config): SettingFinding {
  const hasCertificate = typeof tls === 'object' && tls !== null && tls.clientCertPair !== undefined;
  if (hasCertificate) return ok('temporal-identity', 'we show a certificate');
  if (apiKey !== undefined) return ok('temporal-identity', 'we show an API key');
  return mend(
    'temporal-identity',
    'whoever reaches Temporal may send messages: set TEMPORAL_TLS_CLIENT_CERT_PATH and …_KEY_PATH, or TEMPORAL_API_KEY',
  );
}

function databaseTls({ databaseUrl }: Config): SettingFinding {
  const tls = tlsOfDatabase(databaseUrl);
  const fix = 'add sslmode=verify-full to DATABASE_URL, and sslrootcert=FILE for an authority of your own';
  if (tls === 'none') return mend('database-tls', `is off: ${fix}`);
  if (tls === 'unchecked') return mend('database-tls', `does not check the server: ${fix}`);
  return ok('database-tls', 'is on, and the server is checked');
}

function databasePassword({ databaseUrl }: Config): SettingFinding {
  if (!URL.canParse(databaseUrl)) return look('database-password', 'names no host: see who may use the socket');
  const { username, password, searchParams } = new URL(databaseUrl);
  if (searchParams.has('sslcert')) return ok('database-password', 'we show a certificate');
  const given = decodeURIComponent(password);
  if (given.length >= LEAST_PASSWORD && given !== username) return ok('database-password', 'is long enough');
  return mend('database-password', `is missing or short: give ${LEAST_PASSWORD} characters or more by chance`);
}

/** Each is set, drawn by chance as far as can be seen, its own, and none that `npm start` made for a trial. */
function secretFindings({ secrets, localSecrets }: SettingsChecked): SettingFinding[] {
  const used = new Map<string, string>();
  return [...secrets].map(([name, value]) => {
    const check = `secret ${name}`;
    const before = used.get(value);
    used.set(value, name);
    if (before !== undefined) return mend(check, `is the same as ${before}: give each its own`);
    if (localSecrets.includes(value)) return mend(check, 'is the one of `npm start` here: make another one');
    if (new Set(value).size < LEAST_CHARACTERS) return mend(check, 'is not by chance: make one with openssl rand');
    return ok(check, 'is set');
  });
}

function fileFindings({ files }: SettingsChecked): SettingFinding[] {
  return [...files].map(([name, path]) => {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return mend(`file ${name}`, 'is not there');
    if ((stats.mode & 0o022) !== 0) return mend(`file ${name}`, 'may be written by others: chmod go-w');
    if ((stats.mode & 0o004) !== 0)
      return look(`file ${name}`, 'may be read by everybody here: chmod o-r, unless only we are here');
    return ok(`file ${name}`, 'is not open to everybody');
  });
}

function openDocs({ api }: Config): SettingFinding {
  if (api.openDocs) return mend('open-docs', '/docs needs no key: set API_OPEN_DOCS=false');
  return ok('open-docs', 'a key is needed');
}

function trustedProxies({ trustedProxies: proxies }: Config): SettingFinding {
  if (proxies.length > 0) return ok('trusted-proxies', 'are named');
  return mend('trusted-proxies', 'none is named: every caller counts as the proxy in front; set TRUSTED_PROXIES');
}

function providerFindings({ config, providerKinds }: SettingsChecked): SettingFinding[] {
  const real = providerKinds.filter((kind) => kind !== 'sink');
  if (real.length === 0)
    return [mend('sms-providers', 'texts go to the sink, which sends nothing: set SMS_PROVIDERS_FILE')];
  const pushing = [...new Set(real.flatMap((kind) => PUSHES[kind] ?? []))].filter((name) =>
    CALLBACK_PROVIDERS.includes(name),
  );
  const open = pushing.filter((name) => config.callbacks.addresses[name] === undefined);
  const sinks = providerKinds.length - real.length;
  return [
    sinks > 0 ? mend('sms-providers', 'the sink is among them, which sends nothing') : ok('sms-providers', 'are set'),
    open.length > 0
      ? mend(
          'callback-addresses',
          `${open.join(', ')} may push from anywhere: name its addresses in CALLBACK_ADDRESSES`,
        )
      : ok('callback-addresses', 'of each provider that pushes are named'),
  ];
}

function paymentRail({ paymentRail: { kind } }: Config): SettingFinding {
  if (kind === 'http') return ok('payment-rail', 'is a real one');
  return mend('payment-rail', 'is the sandbox, which moves nothing: set PAYMENT_RAIL=http');
}

function clockSpeed({ clock }: Config): SettingFinding {
  if (clock.speed === 1) return ok('clock', 'is real time');
  return mend('clock', 'runs faster than real time: set CLOCK_SPEED=1, on a database of its own');
}

function logLevel({ logLevel: level }: Config): SettingFinding {
  if (level === 'silent') return mend('log-level', 'nothing is logged: set LOG_LEVEL=info');
  return level === 'debug' ? look('log-level', 'debug is much: info is enough') : ok('log-level', 'fits');
}

function officialNumbers({ officialNumbers: numbers }: Config): SettingFinding {
  if (numbers.length > 0) return ok('official-numbers', 'are named');
  return look('official-numbers', 'none is named: texts that name a number are held (OFFICIAL_NUMBERS)');
}

function retention({ retention: kept }: Config): SettingFinding {
  const { requestsDays, checksDays, reportsDays, troublesDays, refusalsHours } = kept;
  const days = `answers ${requestsDays} d, checks ${checksDays} d, reports ${reportsDays} d, troubles ${troublesDays} d`;
  return ok('retention', `${days}; a refusal stands ${refusalsHours} h`);
}
