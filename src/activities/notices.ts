/**
 * A lane's sweep: what is due is checked against the books as they are now, and then sent, deferred or cancelled.
 *
 * Once only: a notice is committed as attempted before its provider is called, and an attempted notice is never sent
 * again. A crash between the two leaves it attempted; the next sweep marks it unknown, and a receipt may still tell.
 */
import type { NoticeActivities, SweepResult } from '../contracts/activities';
import { readAccount } from '../db/statements/accounts';
import { lockBorrower, readPhone } from '../db/statements/borrowers';
import { readFacts } from '../db/statements/facts';
import { answerRing, noteNextDue } from '../db/statements/lanes';
import {
  cancelNotice,
  claimDue,
  countSentToBorrowerOn,
  deferNotice,
  endInterrupted,
  markAttempted,
  markOutcome,
  type NoticeRow,
} from '../db/statements/notices';
import { readStatements } from '../db/statements/statements';
import { activeTemplate } from '../db/statements/templates';
import { inTransaction, together } from '../db/transaction';
import type { DerivedAccount } from '../domain/account';
import { dateAt, endOfDateMs, startOfDateMs } from '../domain/clock';
import { mayContact } from '../domain/contactRules';
import { deriveAccount } from '../domain/derive';
import type { CancelReason } from '../domain/notices';
import { figuresOf, render, smsParts } from '../domain/noticeText';
import { isStillTrue } from '../domain/noticeTruth';
import type { LendingPolicy } from '../domain/products';
import type { SendOutcome } from '../sms/port';
import type { ActivityDependencies } from './dependencies';

/** One sweep's batch: small enough that an attempt ends well inside its bound. */
const BATCH = 50;

export interface SweepInput {
  tenantId: string;
  lane: number;
  asOfMs: number;
}

type Fate = 'sent' | 'cancelled' | 'failed' | 'deferred';

type NoticeDependencies = Pick<ActivityDependencies, 'pool' | 'policies' | 'vault' | 'provider'> & {
  /** Tells Temporal that the sweep is alive. */
  heartbeat(): void;
};

export function createNoticeActivities(deps: NoticeDependencies): NoticeActivities {
  return {
    /** Safe to retry: see the head of this file. */
    async sweepLane(input): Promise<SweepResult> {
      const due = await inTransaction(deps.pool, async (client) => {
        const [, , claimed] = await together([
          answerRing(client, input),
          endInterrupted(client, { ...input, attemptedBeforeMs: input.asOfMs, atMs: input.asOfMs }),
          claimDue(client, { ...input, limit: BATCH }),
        ]);
        return claimed;
      });
      const counts = { sent: 0, cancelled: 0, failed: 0, deferred: 0 };
      for (const notice of due) {
        deps.heartbeat();
        counts[await settleNotice(deps, input, notice)] += 1;
      }
      const nextDueAtMs = await noteNextDue(deps.pool, input);
      const { sent, cancelled, failed } = counts;
      return { sent, cancelled, failed, nextDueAtMs };
    },
  };
}

/** Decides one due notice as of the sweep's instant, and acts on it. */
async function settleNotice(deps: NoticeDependencies, input: SweepInput, notice: NoticeRow): Promise<Fate> {
  const ready = await inTransaction(deps.pool, (client) => prepare(client, deps, input, notice));
  if ('fate' in ready) return ready.fate;
  const { phone, text } = ready;
  const outcome = await deps.provider
    .send({ reference: notice.noticeId, phone, text, atMs: input.asOfMs })
    // An adapter that throws did not say that nothing was sent; its message may hold the phone, so it is not kept.
    .catch((): SendOutcome => ({ status: 'unknown', detail: 'the provider adapter failed without an answer' }));
  const attempt = { tenantId: input.tenantId, noticeId: notice.noticeId, provider: deps.provider.name };
  await inTransaction(deps.pool, (client) => markOutcome(client, { ...attempt, outcome, atMs: input.asOfMs }));
  return outcome.status === 'refused' ? 'failed' : 'sent';
}

type Ready = { fate: Fate } | { phone: string; text: string };
type Client = Parameters<Parameters<typeof inTransaction>[1]>[0];

/** Everything before the provider: truth, contact rules, template, phone, text. Ends with the attempt committed. */
async function prepare(client: Client, deps: NoticeDependencies, input: SweepInput, notice: NoticeRow): Promise<Ready> {
  const { tenantId, asOfMs } = input;
  const { noticeId, borrowerId } = notice;
  const cancel = async (reason: CancelReason): Promise<Ready> => {
    await cancelNotice(client, { tenantId, noticeId, reason, atMs: asOfMs });
    return { fate: 'cancelled' };
  };
  const { account, policy } = await accountNow(client, deps, input, notice);
  const verdict = isStillTrue(
    { ...notice, obligationKey: notice.obligationKey ?? undefined },
    account,
    asOfMs,
    policy.notices,
  );
  if (!verdict.send) return cancel(verdict.reason);

  // A lane owns its borrowers, but two sweeps can meet: an attempt that timed out still runs, or the number of lanes was
  // changed while notices were planned.
  const today = dateAt(asOfMs, policy.zone);
  const [, sentToBorrowerToday] = await together([
    lockBorrower(client, { tenantId, borrowerId }),
    countSentToBorrowerOn(client, {
      tenantId,
      borrowerId,
      fromMs: startOfDateMs(today, policy.zone),
      toMs: endOfDateMs(today, policy.zone),
    }),
  ]);
  const contact = mayContact({
    instantMs: asOfMs,
    sentToBorrowerToday,
    priority: notice.priority,
    policy: policy.notices,
    zone: policy.zone,
  });
  if (!contact.allowed) {
    await deferNotice(client, { tenantId, noticeId, sendAfterMs: contact.notBeforeMs });
    return { fate: 'deferred' };
  }

  const [template, phone] = await together([
    activeTemplate(client, { tenantId, kind: notice.kind }),
    readPhone(client, deps.vault, { tenantId, borrowerId }),
  ]);
  if (!template) return cancel('no-active-template');
  if (phone === undefined) return cancel('no-phone');
  const message = messageOf(template, account, notice);
  if (message === undefined) return cancel('not-renderable');
  const attempt = { templateVersion: template.version, ...message, provider: deps.provider.name };
  const claimed = await markAttempted(client, { tenantId, noticeId, ...attempt, atMs: asOfMs });
  // Another sweep took it meanwhile: an attempt that timed out may still be running.
  return claimed ? { phone, text: message.text } : { fate: 'deferred' };
}

/** Undefined for a template with a hole in it, or a text too long for a carrier: the notice is not sent, and says why. */
function messageOf(
  template: { body: string; signature: string },
  account: DerivedAccount,
  notice: NoticeRow,
): { text: string; parts: number } | undefined {
  try {
    const text = render(template.body, template.signature, figuresOf(account, notice.obligationKey ?? undefined));
    return { text, parts: smsParts(text) };
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
