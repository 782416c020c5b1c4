/** What messaging needs: channels, codes, the guard, and the lanes that send. */
import type { MailChannel, PushChannel } from '../../adapters/channels/port';
import type { ProviderPool, SmsProvider } from '../../adapters/sms/port';
import type { TemplateRegistrar } from '../../adapters/sms/registrar';
import type { NoticeCodes } from '../../db/messaging/codes/codeDrawing';
import type { WordingSeals } from '../../db/messaging/templates/wordingSeals';
import type { Vault } from '../../db/vault';
import type { GuardPolicy } from '../../domain/messaging/guard/anomalyGuard';

export interface NoticeChannelDependencies {
  vault: Vault;
  providers: ProviderPool;
  /** The second channel, for borrowers whom no text may or can reach. */
  inbox: SmsProvider;
  /** For borrowers with an address whom no text can reach; absent where none is configured. */
  mail?: MailChannel | undefined;
  /** Tells the app of what came into its inbox; absent where none is configured. */
  push?: PushChannel | undefined;
}

export interface WordingDependencies {
  /** Draws and seals the verification codes of notices. */
  codes: NoticeCodes;
  /** Judges notices before they leave; absent where nothing is to be held, as in a test of something else. */
  guard?: { seals: WordingSeals; policy: GuardPolicy } | undefined;
  /** Of the configured providers that take registered texts only: each must know a text before it is active. */
  registrars?: readonly TemplateRegistrar[] | undefined;
  /** Numbers of the lender that a text may name, as the guard has them; absent: none. */
  officialNumbers?: readonly string[] | undefined;
}

export interface NoticeLaneDependencies {
  /** Lanes of notices of the deployment. */
  lanes: number;
  /** Wakes a lane after commit; only the winner of its doorbell calls. */
  wakeLane(tenantId: string, lane: number): Promise<void>;
}
