/** What the routes are built from, and business time as they read it. */
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { ActorSeals } from '../db/actorSeals';
import type { NoticeCodes } from '../db/noticeCodes';
import type { Vault } from '../db/vault';
import type { IsoDate } from '../domain/calendar';
import { type BusinessClock, businessTimeMs, dateAt, type Zone } from '../domain/clock';
import type { CallbackSettings } from './callbackAccess';
import { invalidRequest } from './problems';
import type { Rates } from './rates';
import type { TemporalGateway } from './temporalGateway';
import type { AdmitUnknown } from './unknownIds';

export interface ReceiptSettings {
  providers: readonly string[];
  /** Those that still sign the body alone, without provider and time; they count as providers. */
  bodySignatures: readonly string[];
}

export interface ApiContext {
  pool: Pool;
  vault: Vault;
  gateway: TemporalGateway;
  /** Signs who sends each message. */
  actors: ActorSeals;
  /** The deployment's business clock as it is now: it moves when an accelerated deployment starts again. */
  clock: () => BusinessClock;
  /** Real milliseconds. */
  now: () => number;
  /** Whose receipts come in: providers have no key that would tell. */
  tenantId: string;
  zone: Zone;
  logger: Logger;
  /** What the secrets of providers that sign their receipts are derived from. */
  receiptSecret: string;
  /** Who may post signed receipts; absent: the sink alone. */
  receipts?: ReceiptSettings | undefined;
  /** Bounds the receipts of messages that nobody knows; absent: the server has one of its own. */
  admitUnknown?: AdmitUnknown | undefined;
  /** Providers that push in formats of their own, and who may push. */
  callbacks: CallbackSettings;
  /** Seals what is asked about verification codes. */
  codes: NoticeCodes;
  /** Numbers of the lender that a notice text may name; absent: none. */
  officialNumbers?: readonly string[] | undefined;
  /** Addresses and networks of our own proxies. */
  trustedProxies: readonly string[];
  /** How much each key, and each address without one, may ask of this process; absent: as much as they like. */
  rates?: Rates | undefined;
  /** How long a refusal answers for its Idempotency-Key; a day unless it says otherwise. */
  refusalsStandHours?: number | undefined;
  /** Serves /docs without a key: for a trial on one's own machine. */
  openDocs: boolean;
}

export function businessNowMs({ clock, now }: ApiContext): number {
  return businessTimeMs(clock(), now());
}

export function businessToday(context: ApiContext): IsoDate {
  return dateAt(businessNowMs(context), context.zone);
}

/** The date of an instant that was sent as text, in the zone of the deployment. */
export function dateOfInstant(instant: string | undefined, zone: Zone): IsoDate | undefined {
  return instant === undefined ? undefined : dateAt(Date.parse(instant), zone);
}

/** Refuses a date that has not come yet: money cannot arrive, nor an offer be accepted, tomorrow. */
export function refuseFuture(context: ApiContext, field: string, value: IsoDate | undefined): void {
  const today = businessToday(context);
  if (value === undefined || value <= today) return;
  throw invalidRequest([{ field, fault: 'is in the future', fix: `send a date up to ${today}, the business date` }]);
}
