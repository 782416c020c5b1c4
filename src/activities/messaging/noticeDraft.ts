/**
 * A due notice, read again just before it is sent: whether it is still true, whether the borrower may be contacted,
 * and the text with the figures of now. What was planned on other figures is rendered anew, and says what had moved.
 */

import { isRestDay } from '../../adapters/calendars/restDays';
import type { MailChannel } from '../../adapters/channels/port';
import type { ProviderPool, SmsProvider } from '../../adapters/sms/port';
import type { ContactStatus } from '../../db/messaging/contact/contactStatuses';
import { lastReceiptOf } from '../../db/messaging/outbox/noticeAttempts';
import { cancelNotice, deferNotice, type NoticeRow } from '../../db/messaging/outbox/notices';
import type { Client } from '../../db/transaction';
import type { DerivedAccount } from '../../domain/credit/account';
import { type GuardedAction, type MeasuresInForce, stoppedBy } from '../../domain/incidents/incidents';
import { type ContactAnswer, mayContact } from '../../domain/messaging/contact/contactRules';
import type { CancelReason } from '../../domain/messaging/outbox/notices';
import { isStillTrue, movedSince } from '../../domain/messaging/outbox/noticeTruth';
import type { WordingName } from '../../domain/messaging/outbox/wordings';
import type { NoticePolicy } from '../../domain/policy/lendingPolicy';
import { type MailAddress, withoutText } from './noticeChannels';
import { messageOf, type NoticeMessage } from './noticeMessage';
import type { NoticeReading } from './noticeReading';
import type { NoticeDependencies, SendDisposition, SweepInput } from './sweep';

/** A text that may go out now, and to whom. */
export interface Draft extends NoticeMessage {
  notice: NoticeRow;
  noticeId: string;
  borrowerId: string;
  /** Empty where there is none: it goes by e-mail or to the inbox. */
  phone: string;
  /** Keyed fingerprint of the phone. */
  recipient: string | undefined;
  wording: WordingName;
  templateVersion: number;
  moved: string[];
  /** Codes at the providers that take registered texts only, by their names. */
  registered: ReadonlyMap<string, string>;
  signature: string;
  provider: SmsProvider | MailChannel;
  /** Where it goes by e-mail. */
  mail?: MailAddress | undefined;
  /** The borrower wants no messages of this kind: it waits in the inbox until it is looked for. */
  isOptedOut: boolean;
  /** The inbox has it as well: the borrower may read no texts on the phone that it goes to. */
  isCopied: boolean;
  /** Rungs of the account's own policy version. */
  ladder: NoticePolicy;
  /** What incidents are asked about. */
  action: GuardedAction;
}

/** What the notices of a group share. */
export interface DraftContext {
  providers: ProviderPool;
  /** Providers whose account cannot send. */
  stopped: ReadonlySet<string>;
  /** What incidents stop, as of this transaction. */
  inForce: readonly MeasuresInForce[];
  /** Providers that refused a notice in this sweep, by its id. */
  tried?: ReadonlyMap<string, ReadonlySet<string>> | undefined;
  /** How long a notice waits for a provider when there is none. */
  noProviderPauseMs: number;
  /** How often what an incident stops is looked at, should the ring of its end be lost. */
  incidentPauseMs: number;
}

/** Truth, contact rules, template, phone, text, provider: in this order. Nothing is attempted yet. */
export async function draftNotice(
  client: Client,
  deps: NoticeDependencies,
  input: SweepInput,
  { notice, reading, ...context }: DraftContext & { notice: NoticeRow; reading: NoticeReading },
): Promise<{ disposition: SendDisposition } | Draft> {
  const { tenantId, asOfMs } = input;
  const { noticeId, borrowerId } = notice;
  const cancel = async (reason: CancelReason): Promise<{ disposition: SendDisposition }> => {
    await cancelNotice(client, { tenantId, noticeId, reason, atMs: asOfMs });
    return { disposition: 'cancelled' };
  };
  const putOff = async (sendAfterMs: number, reason: string): Promise<{ disposition: SendDisposition }> => {
    await deferNotice(client, { tenantId, noticeId, sendAfterMs, reason });
    return { disposition: 'deferred' };
  };
  const { account, policy, contactStatus, template, registered, debitAt } = reading;
  const obligationKey = notice.obligationKey ?? undefined;
  const verdict = isStillTrue({ ...notice, obligationKey }, account, asOfMs, policy.notices);
  if (!verdict.send) return cancel(verdict.reason);

  const answer = contactNow(input, notice, reading);
  if (answer.status === 'never') return cancel(answer.reason);
  if (answer.status === 'later') return putOff(answer.notBeforeMs, answer.reason);

  if (!template) return cancel('no-active-template');
  const message = messageOf(template, { account, obligationKey, debitAt }, deps.codes);
  if (message === undefined) return cancel('not-renderable');
  const { phone, isOldPhone } = reading.reach();
  const recipient = phone === undefined ? undefined : deps.vault.fingerprint(tenantId, 'phone', phone);
  const isReachable = await takesTexts(client, { tenantId, recipient, isOldPhone, contactStatus });
  const action = guardedActionOf(notice, account, contactStatus);
  // Also what goes to the inbox: an incident of notices is about what they say.
  if (stoppedBy(context.inForce, action) !== undefined) return putOff(asOfMs + context.incidentPauseMs, 'incident');
  const isOptedOut = answer.channel === 'inbox';
  const isBySms = !isOptedOut && isReachable;
  const tried = context.tried?.get(noticeId);
  const way = isBySms
    ? { provider: chooseProvider(context, action, { parts: message.parts, registered }, tried) }
    : isOptedOut
      ? { provider: deps.inbox }
      : await withoutText(client, deps, context, { tenantId, borrowerId, action, tried });
  const { provider } = way;
  if (!provider) return putOff(asOfMs + context.noProviderPauseMs, 'no-provider');
  const moved = movedSince(notice.plannedOn ?? undefined, message.figures);
  const to = { borrowerId, phone: phone ?? '', recipient };
  const ladder = policy.notices;
  const { kind: wording, version: templateVersion, signature } = template;
  const drafted = { notice, noticeId, ...to, ...message, wording, templateVersion, signature };
  return { ...drafted, moved, registered, ...way, provider, isOptedOut, isCopied: isOldPhone, ladder, action };
}

/**
 * Whether a text can bring it. Of an old phone the last receipt decides as well: who changed it may have no other way to
 * say that it is gone.
 */
async function takesTexts(
  client: Client,
  to: { tenantId: string; recipient: string | undefined; isOldPhone: boolean; contactStatus: ContactStatus },
): Promise<boolean> {
  const { tenantId, recipient, isOldPhone, contactStatus } = to;
  if (recipient === undefined || recipient === contactStatus.unreachable) return false;
  return !isOldPhone || (await lastReceiptOf(client, { tenantId, recipient })) !== 'undelivered';
}

function guardedActionOf(
  { borrowerId, kind }: NoticeRow,
  account: DerivedAccount,
  { region, segment }: ContactStatus,
): GuardedAction {
  const where = { ...(region === null ? {} : { region }), ...(segment === null ? {} : { segment }) };
  return { measure: 'notices', borrowerId, product: account.product, templateKind: kind, ...where };
}

/** The first that may have it, those aside that an incident stops for it. */
export function chooseProvider(
  { providers, stopped, inForce }: DraftContext,
  action: GuardedAction,
  { parts, registered }: { parts: number; registered: ReadonlyMap<string, string> },
  tried: ReadonlySet<string> = new Set(),
): SmsProvider | undefined {
  const without = new Set([...stopped, ...tried]);
  for (;;) {
    const provider = providers.choose({ without, parts, isRegistered: (name) => registered.has(name) });
    if (!provider || stoppedBy(inForce, { ...action, provider: provider.name }) === undefined) return provider;
    without.add(provider.name);
  }
}

function contactNow(
  { asOfMs }: SweepInput,
  { kind, priority }: NoticeRow,
  { account, policy, zone, contactStatus, moreImportantToday }: NoticeReading,
): ContactAnswer {
  const { holds, hasOptedOut, sentAtMs, accountSentAtMs } = contactStatus;
  return mayContact({
    instantMs: asOfMs,
    kind,
    priority,
    sentAtMs,
    moreImportantToday,
    holds,
    hasOptedOut,
    isRestDay,
    accountSentAtMs: account.daysPastDue > 0 ? accountSentAtMs : [],
    policy: policy.notices,
    zone,
  });
}
