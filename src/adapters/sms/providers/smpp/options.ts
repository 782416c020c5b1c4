/** What an SMPP provider is told, and its check. The settings hold a password: they are never logged. */

import { HOUR_MS, MINUTES_PER_DAY } from '../../../../domain/values/timeUnits';
import { ID_FORMS, type IdForm } from './messageIds';

export interface SmppAddress {
  host: string;
  port: number;
  /** TLS, with the certificate always checked; `{}` by the authorities of Node. */
  tls?: SmppTls | undefined;
}

interface SmppTls {
  /** Authorities instead of those of Node. */
  caPem?: string | undefined;
  /** Our own certificate and key, where the SMSC wants one. */
  certificatePem?: string | undefined;
  keyPem?: string | undefined;
  /** Name on the certificate, where it is not `host`. */
  serverName?: string | undefined;
}

export interface SmppOptions extends SmppAddress {
  /** Name of the provider, `smpp` unless told. */
  name?: string;
  systemId: string;
  password: string;
  systemType?: string;
  /** Sender, such as an access number `106…`; TON and NPI of SMPP 3.4, 5.2.5 and 5.2.6. */
  sourceAddress: string;
  sourceTon?: number;
  sourceNpi?: number;
  /** Put before the 11 digits; `86` unless told, `` for none. */
  numberPrefix?: string;
  destinationTon?: number;
  destinationNpi?: number;
  serviceType?: string;
  /** How long the SMSC tries; its own default unless told. Whole minutes, at most 63 days. */
  validityMinutes?: number;
  idForm?: IdForm;
  /** Whether each session counts its ids for itself: a receipt then belongs to the session that it comes on alone. */
  idsPerSession?: boolean;
  /** Words of receipts that mean "will not be delivered", beside the standard ones. */
  undeliveredWords?: readonly string[];
  /** submit_sm that may be without an answer at once. */
  window?: number;
  /** submit_sm a second: every part of a long text is one. */
  perSecond?: number;
  maxParts?: number;
  /** How long a message waits for a bound session and a place in the window. */
  waitMs?: number;
  responseTimeoutMs?: number;
  /** After the timeout an answer still counts for inquiries, and its place in the window stays taken, for so long. */
  lateAnswerMs?: number;
  connectTimeoutMs?: number;
  /** A link that is silent for so long is asked. */
  enquireLinkMs?: number;
  /** Pauses before connecting again: doubled from the first to the longest, half of it by chance. */
  reconnectFirstMs?: number;
  reconnectLongestMs?: number;
  /** Nothing is submitted for so long after ESME_RTHROTTLED or ESME_RMSGQFUL. */
  throttlePauseMs?: number;
  /** Real time, for the keys of inbound texts and for health. */
  now?(): number;
}

export type SmppSettings = Required<Omit<SmppOptions, 'tls'>> & Pick<SmppOptions, 'tls'>;

const DEFAULTS = {
  name: 'smpp',
  systemType: '',
  sourceTon: 0,
  sourceNpi: 0,
  numberPrefix: '86',
  destinationTon: 1,
  destinationNpi: 1,
  serviceType: '',
  validityMinutes: 0,
  idForm: 'same' as IdForm,
  idsPerSession: false,
  undeliveredWords: [] as readonly string[],
  window: 10,
  perSecond: 20,
  maxParts: 8,
  waitMs: 5_000,
  responseTimeoutMs: 10_000,
  lateAnswerMs: 60_000,
  connectTimeoutMs: 10_000,
  enquireLinkMs: 30_000,
  reconnectFirstMs: 1_000,
  reconnectLongestMs: 60_000,
  throttlePauseMs: 1_000,
  now: Date.now,
};

/** The longest relative time of SMPP 3.4, 7.1.1, told in days. */
const MOST_VALIDITY_MINUTES = 63 * MINUTES_PER_DAY;

/** Throws a RangeError that names the option, the fault and the fix, and shows no value of a secret. */
export function smppSettings(options: SmppOptions): SmppSettings {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const settings = { ...DEFAULTS, ...(given as unknown as SmppOptions) };
  const undeliveredWords = settings.undeliveredWords.map((word) => word.toUpperCase());
  checkTexts(settings);
  checkNumbers(settings);
  if (!ID_FORMS.includes(settings.idForm)) throw fault('idForm', `is unknown; write one of ${ID_FORMS.join(', ')}`);
  return { ...settings, undeliveredWords };
}

function checkTexts(settings: SmppSettings): void {
  const text = (name: keyof SmppSettings, pattern: RegExp, fix: string) => {
    const value = settings[name];
    if (typeof value !== 'string' || !pattern.test(value)) throw fault(name, `cannot be used; write ${fix}`);
  };
  text('name', /^[a-z0-9-]{1,32}$/, 'lower-case letters, digits and dashes');
  text('host', /^[\x21-\x7e]{1,253}$/, 'a host name or an address');
  text('systemId', /^[\x21-\x7e]{1,15}$/, '1 to 15 characters of ASCII');
  // The standard has 8; carriers give longer ones.
  text('password', /^[\x20-\x7e]{0,64}$/, 'at most 64 characters of ASCII');
  text('systemType', /^[\x21-\x7e]{0,12}$/, 'at most 12 characters of ASCII');
  text('serviceType', /^[\x21-\x7e]{0,5}$/, 'at most 5 characters of ASCII');
  text('sourceAddress', /^[\x20-\x7e]{1,20}$/, '1 to 20 characters of ASCII');
  text('numberPrefix', /^\+?\d{0,4}$/, 'digits, such as 86, or nothing');
}

function checkNumbers(settings: SmppSettings): void {
  const whole = (name: keyof SmppSettings, least: number, most: number) => {
    const value = settings[name];
    if (!Number.isInteger(value) || Number(value) < least || Number(value) > most)
      throw fault(name, `is ${JSON.stringify(value)}; write a whole number from ${least} to ${most}`);
  };
  whole('port', 1, 65_535);
  for (const name of ['sourceTon', 'sourceNpi', 'destinationTon', 'destinationNpi'] as const) whole(name, 0, 255);
  whole('validityMinutes', 0, MOST_VALIDITY_MINUTES);
  whole('window', 1, 1_000);
  whole('perSecond', 1, 10_000);
  whole('maxParts', 1, 255);
  for (const name of ['waitMs', 'lateAnswerMs', 'throttlePauseMs'] as const) whole(name, 0, HOUR_MS);
  for (const name of ['responseTimeoutMs', 'connectTimeoutMs', 'enquireLinkMs'] as const) whole(name, 1, HOUR_MS);
  whole('reconnectFirstMs', 1, HOUR_MS);
  whole('reconnectLongestMs', settings.reconnectFirstMs, HOUR_MS);
}

function fault(name: string, words: string): RangeError {
  return new RangeError(`SMPP option ${name} ${words}`);
}

/** Relative time of SMPP 3.4, 7.1.1, `YYMMDDhhmmss000R`; empty for the SMSC's own default. */
export function validityPeriod(minutes: number): string {
  if (minutes === 0) return '';
  const two = (value: number) => String(value).padStart(2, '0');
  return `0000${two(Math.floor(minutes / MINUTES_PER_DAY))}${two(Math.floor(minutes / 60) % 24)}${two(minutes % 60)}00000R`;
}
