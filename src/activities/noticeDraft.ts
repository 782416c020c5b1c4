/**
 * A due notice, read again just before it is sent: whether it is still true, whether the borrower may be contacted,
 * and the text with the figures of now. What was planned on other figures is rendered anew, and says what had moved.
 */
import { readAccount } from '../db/statements/accounts';
import { lockBorrower, readPhone } from '../db/statements/borrowers';
import { readFacts } from '../db/statements/facts';
import { cancelNotice, countSentToBorrowerOn, deferNotice, type NoticeRow } from '../db/statements/notices';
import { readStatements } from '../db/statements/statements';
import { activeTemplate } from '../db/statements/templates';
import { type Client, together } from '../db/transaction';
import type { DerivedAccount } from '../domain/account';
import { dateAt, endOfDateMs, startOfDateMs } from '../domain/clock';
import { mayContact } from '../domain/contactRules';
import { deriveAccount } from '../domain/derive';
import type { CancelReason } from '../domain/notices';
import { figuresOf, type NoticeFigures, render, smsParts } from '../domain/noticeText';
import { isStillTrue, movedSince } from '../domain/noticeTruth';
import type { LendingPolicy } from '../domain/products';
import type { ProviderPool, SmsProvider } from '../sms/port';
import type { ActivityDependencies } from './dependencies';

export interface SweepInput {
  tenantId: string;
  lane: number;
  asOfMs: number;
}

export type Fate = 'sent' | 'cancelled' | 'failed' | 'deferred';

export type NoticeDependencies = Pick<ActivityDependencies, 'pool' | 'policies' | 'vault' | 'providers'> & {
  /** Tells Temporal that the sweep is alive. */
  heartbeat(): void;
};

/** A text that may go out now, and to whom. */
export interface Draft {
  noticeId: string;
  phone: string;
  text: string;
  parts: number;
  templateVersion: number;
  figures: NoticeFigures;
  moved: string[];
  provider: SmsProvider;
}

/** How long a notice waits for a provider when there is none. */
export interface DraftContext {
  providers: ProviderPool;
  /** Providers whose account cannot send. */
  stopped: ReadonlySet<string>;
  noProviderPauseMs: number;
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

  const contact = await contactNow(client, input, notice, policy);
  if (!contact.allowed) return putOff(contact.notBeforeMs, contact.reason);

  const [template, phone] = await together([
    activeTemplate(client, { tenantId, kind: notice.kind }),
    readPhone(client, deps.vault, { tenantId, borrowerId }),
  ]);
  if (!template) return cancel('no-active-template');
  if (phone === undefined) return cancel('no-phone');
  const message = messageOf(template, account, obligationKey);
  if (message === undefined) return cancel('not-renderable');
  const provider = context.providers.choose({
    without: context.stopped,
    parts: message.parts,
    isRegistered: () => false,
  });
  if (!provider) return putOff(asOfMs + context.noProviderPauseMs, 'no-provider');
  const moved = movedSince(notice.plannedOn ?? undefined, message.figures);
  return { noticeId, phone, ...message, templateVersion: template.version, moved, provider };
}

/** The borrower's row is locked, so that what is counted about the person stays as it was counted. */
async function contactNow(
  client: Client,
  { tenantId, asOfMs }: SweepInput,
  { borrowerId, priority }: NoticeRow,
  policy: LendingPolicy,
) {
  const today = dateAt(asOfMs, policy.zone);
  // A lane owns its borrowers, but two sweeps can meet: an attempt that timed out still runs, or the number of lanes was
  // changed while notices were planned.
  const [, sentToBorrowerToday] = await together([
    lockBorrower(client, { tenantId, borrowerId }),
    countSentToBorrowerOn(client, {
      tenantId,
      borrowerId,
      fromMs: startOfDateMs(today, policy.zone),
      toMs: endOfDateMs(today, policy.zone),
    }),
  ]);
  return mayContact({
    instantMs: asOfMs,
    sentToBorrowerToday,
    priority,
    policy: policy.notices,
    zone: policy.zone,
  });
}

/** Undefined for a template with a hole in it, or a text too long for a carrier: the notice is not sent, and says why. */
function messageOf(
  template: { body: string; signature: string },
  account: DerivedAccount,
  obligationKey: string | undefined,
): { text: string; parts: number; figures: NoticeFigures } | undefined {
  try {
    const figures = figuresOf(account, obligationKey);
    const text = render(template.body, template.signature, figures);
    return { text, parts: smsParts(text), figures };
  } catch {
    return undefined;
  }
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
