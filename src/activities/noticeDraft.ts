/**
 * A due notice, read again just before it is sent: whether it is still true, whether the borrower may be contacted,
 * and the text with the figures of now. What was planned on other figures is rendered anew, and says what had moved.
 */
import { readAccount } from '../db/statements/accounts';
import { lockBorrower, readPhone } from '../db/statements/borrowers';
import { type ContactStanding, countMoreImportant, readContactStanding } from '../db/statements/contact';
import { readFacts } from '../db/statements/facts';
import { cancelNotice, deferNotice, type NoticeRow } from '../db/statements/notices';
import { readStatements } from '../db/statements/statements';
import { activeTemplate } from '../db/statements/templates';
import { type Client, together } from '../db/transaction';
import type { DerivedAccount } from '../domain/account';
import { dateAt, endOfDateMs } from '../domain/clock';
import { type ContactAnswer, mayContact } from '../domain/contactRules';
import { deriveAccount } from '../domain/derive';
import { type Deed, type MeasuresInForce, stoppedBy } from '../domain/incidents';
import type { CancelReason } from '../domain/notices';
import { isStillTrue, movedSince } from '../domain/noticeTruth';
import type { LendingPolicy, NoticePolicy } from '../domain/products';
import { isRestDay } from '../policies/restDays';
import type { ProviderPool, SmsProvider } from '../sms/port';
import type { ActivityDependencies } from './dependencies';
import { messageOf, type NoticeMessage, registrationsOf } from './noticeMessage';

export interface SweepInput {
  tenantId: string;
  lane: number;
  asOfMs: number;
}

export type Fate = 'sent' | 'cancelled' | 'failed' | 'deferred';

export type NoticeDependencies = Pick<
  ActivityDependencies,
  'pool' | 'policies' | 'vault' | 'codes' | 'providers' | 'inbox' | 'guard'
> & {
  /** Tells Temporal that the sweep is alive. */
  heartbeat(): void;
};

/** A text that may go out now, and to whom. */
export interface Draft extends NoticeMessage {
  notice: NoticeRow;
  noticeId: string;
  borrowerId: string;
  /** Empty where there is none: it goes to the inbox. */
  phone: string;
  /** Keyed fingerprint of the phone. */
  recipient: string | undefined;
  templateVersion: number;
  moved: string[];
  /** Codes at the providers that take registered texts only, by their names. */
  registered: ReadonlyMap<string, string>;
  signature: string;
  provider: SmsProvider;
  /** Rungs of the account's own policy version. */
  ladder: NoticePolicy;
  /** What incidents are asked about. */
  deed: Deed;
}

/** What the notices of a group share. */
export interface DraftContext {
  providers: ProviderPool;
  /** Providers whose account cannot send. */
  stopped: ReadonlySet<string>;
  /** What incidents stop, as of this transaction. */
  inForce: readonly MeasuresInForce[];
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
  context: DraftContext,
  notice: NoticeRow,
): Promise<{ fate: Fate } | Draft> {
  const { tenantId, asOfMs } = input;
  const { noticeId, borrowerId } = notice;
  const cancel = async (reason: CancelReason): Promise<{ fate: Fate }> => {
    await cancelNotice(client, { tenantId, noticeId, reason, atMs: asOfMs });
    return { fate: 'cancelled' };
  };
  const putOff = async (sendAfterMs: number, reason: string): Promise<{ fate: Fate }> => {
    await deferNotice(client, { tenantId, noticeId, sendAfterMs, reason });
    return { fate: 'deferred' };
  };
  const { account, policy } = await accountNow(client, deps, input, notice);
  const obligationKey = notice.obligationKey ?? undefined;
  const verdict = isStillTrue({ ...notice, obligationKey }, account, asOfMs, policy.notices);
  if (!verdict.send) return cancel(verdict.reason);

  const { answer, standing } = await contactNow(client, input, notice, policy);
  if (answer.status === 'never') return cancel(answer.reason);
  if (answer.status === 'later') return putOff(answer.notBeforeMs, answer.reason);

  const [template, phone] = await together([
    activeTemplate(client, { tenantId, kind: notice.kind }),
    readPhone(client, deps.vault, { tenantId, borrowerId }),
  ]);
  if (!template) return cancel('no-active-template');
  const message = messageOf(template, account, obligationKey, deps.codes);
  if (message === undefined) return cancel('not-renderable');
  const recipient = phone === undefined ? undefined : deps.vault.fingerprint(tenantId, 'phone', phone);
  const isReachable = recipient !== undefined && recipient !== standing.unreachable;
  const deed = deedOf(notice, account, standing);
  // Also what goes to the inbox: an incident of notices is about what they say.
  if (stoppedBy(context.inForce, deed) !== undefined) return putOff(asOfMs + context.incidentPauseMs, 'incident');
  const registered = await registrationsOf(client, deps, { tenantId, kind: notice.kind, version: template.version });
  const isBySms = answer.channel === 'sms' && isReachable;
  const provider = isBySms ? chooseProvider(context, deed, { parts: message.parts, registered }) : deps.inbox;
  if (!provider) return putOff(asOfMs + context.noProviderPauseMs, 'no-provider');
  const moved = movedSince(notice.plannedOn ?? undefined, message.figures);
  const to = { borrowerId, phone: phone ?? '', recipient };
  const ladder = policy.notices;
  const { version: templateVersion, signature } = template;
  const drafted = { notice, noticeId, ...to, ...message, templateVersion, signature };
  return { ...drafted, moved, registered, provider, ladder, deed };
}

function deedOf({ borrowerId, kind }: NoticeRow, account: DerivedAccount, { region, segment }: ContactStanding): Deed {
  const where = { ...(region === null ? {} : { region }), ...(segment === null ? {} : { segment }) };
  return { measure: 'notices', borrowerId, product: account.product, templateKind: kind, ...where };
}

/** The first that may have it, those aside that an incident stops for it. */
export function chooseProvider(
  { providers, stopped, inForce }: DraftContext,
  deed: Deed,
  { parts, registered }: { parts: number; registered: ReadonlyMap<string, string> },
  tried: ReadonlySet<string> = new Set(),
): SmsProvider | undefined {
  const without = new Set([...stopped, ...tried]);
  for (;;) {
    const provider = providers.choose({ without, parts, isRegistered: (name) => registered.has(name) });
    if (!provider || stoppedBy(inForce, { ...deed, provider: provider.name }) === undefined) return provider;
    without.add(provider.name);
  }
}

/** The borrower's row is locked, so that what is counted about the person stays as it was counted. */
async function contactNow(
  client: Client,
  { tenantId, asOfMs }: SweepInput,
  { borrowerId, accountId, kind, priority }: NoticeRow,
  policy: LendingPolicy,
): Promise<{ answer: ContactAnswer; standing: ContactStanding }> {
  // A lane owns its borrowers, but two sweeps can meet: an attempt that timed out still runs, or the number of lanes was
  // changed while notices were planned.
  const [, standing] = await together([
    lockBorrower(client, { tenantId, borrowerId }),
    readContactStanding(client, { tenantId, borrowerId, accountId, asOfMs }),
  ]);
  const { utcOffsetMinutes, holds, hasOptedOut, sentAtMs } = standing;
  const zone = utcOffsetMinutes === null ? policy.zone : { name: "the borrower's", utcOffsetMinutes };
  const toMs = endOfDateMs(dateAt(asOfMs, zone), zone);
  const moreImportantToday =
    priority > 1 ? await countMoreImportant(client, { tenantId, borrowerId, priority, fromMs: asOfMs, toMs }) : 0;
  const answer = mayContact({
    ...{ instantMs: asOfMs, kind, priority, sentAtMs, moreImportantToday, holds, hasOptedOut, isRestDay },
    policy: policy.notices,
    zone,
  });
  return { answer, standing };
}

/** The account as of the sweep's instant, folded from the same facts that the books are booked from. */
async function accountNow(
  client: Client,
  deps: NoticeDependencies,
  { tenantId, asOfMs }: SweepInput,
  { accountId }: NoticeRow,
): Promise<{ account: DerivedAccount; policy: LendingPolicy }> {
  const [row, facts] = await together([
    readAccount(client, { tenantId, accountId }),
    readFacts(client, { tenantId, accountId }),
  ]);
  if (!row) throw new Error(`notice of account ${accountId}, which is not in the books`);
  const policy = await deps.policies.version(client, tenantId, row.policyVersion);
  const issued = row.product === 'revolving' ? await readStatements(client, { tenantId, accountId }) : [];
  const account = deriveAccount({ terms: row.terms, facts, issued }, policy, dateAt(asOfMs, policy.zone));
  return { account, policy };
}
