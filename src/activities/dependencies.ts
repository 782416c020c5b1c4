/** What the activities of this deployment are built from; `worker.ts` is the only place that builds it. */
import type { Pool } from 'pg';
import type { MailChannel, PushChannel } from '../channels/port';
import type { SettledDebit } from '../contracts/account';
import type { StartAccount } from '../contracts/activities';
import type { ActorSeals } from '../db/actorSeals';
import type { NoticeCodes } from '../db/noticeCodes';
import type { PolicyReader } from '../db/policyReader';
import type { KeptDays } from '../db/statements/purge';
import type { Vault } from '../db/vault';
import type { WordingSeals } from '../db/wordingSeals';
import type { GuardPolicy } from '../domain/anomalyGuard';
import type { Product } from '../domain/products';
import type { PaymentRail } from '../rails/port';
import type { ProviderPool, SmsProvider } from '../sms/port';
import type { TemplateRegistrar } from '../sms/registrar';

export interface ActivityDependencies {
  pool: Pool;
  policies: PolicyReader;
  vault: Vault;
  /** Tells who sent a message; absent: nobody is verified. */
  actors?: ActorSeals | undefined;
  /** Draws and seals the verification codes of notices. */
  codes: NoticeCodes;
  providers: ProviderPool;
  /** Judges notices before they leave; absent where nothing is to be held, as in a test of something else. */
  guard?: { seals: WordingSeals; policy: GuardPolicy } | undefined;
  /** The second channel, for borrowers whom no text may or can reach. */
  inbox: SmsProvider;
  /** For borrowers with an address whom no text can reach; absent where none is configured. */
  mail?: MailChannel | undefined;
  /** Tells the app of what came into its inbox; absent where none is configured. */
  push?: PushChannel | undefined;
  /** Of the configured providers that take registered texts only: each must know a text before it is active. */
  registrars?: readonly TemplateRegistrar[] | undefined;
  /** Numbers of the lender that a text may name, as the guard has them; absent: none. */
  officialNumbers?: readonly string[] | undefined;
  /** How long what callers make is kept; absent: for ever. */
  kept?: KeptDays | undefined;
  /** Lanes of notices of the deployment. */
  lanes: number;
  /** Starts the workflow of an account; does nothing when it was started before. */
  startAccount(input: StartAccount): Promise<void>;
  /** Wakes a lane after commit; only the winner of its doorbell calls. */
  ringLane(tenantId: string, lane: number): Promise<void>;
  /** The same for a lane that debits. */
  ringDebitLane(tenantId: string, lane: number): Promise<void>;
  /** Starts the workflow of an incident, after the commit that opened it; does nothing when it was started before. */
  startIncident(tenantId: string, incidentId: string): Promise<void>;
  /** Where debits go. */
  rail: PaymentRail;
  /** Waits that many milliseconds of real time. */
  pause(ms: number): Promise<void>;
  /** Tells an account of money that its debit brought; one that has ended lives again for it. */
  tellPayment(account: AccountStartRef, debit: SettledDebit): Promise<void>;
}

export interface AccountStartRef {
  tenantId: string;
  accountId: string;
  product: Product;
}
