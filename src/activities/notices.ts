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
import { type Client, inTransaction, together } from '../db/transaction';
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
/**
 * Notices that share their two commits. A crash between them leaves so many unknown at most; one by one, each would
 * cost two commits and a dozen waits for the database of its own.
 */
const GROUP = 10;

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
      for (const group of groupsOf(due)) {
        deps.heartbeat();
        for (const fate of await settleGroup(deps, input, group)) counts[fate] += 1;
      }
      const nextDueAtMs = await noteNextDue(deps.pool, input);
      const { sent, cancelled, failed } = counts;
      return { sent, cancelled, failed, nextDueAtMs };
    },
  };
}

/** In their order; no borrower twice in a group, because the second notice counts the first against the day's cap. */
function groupsOf(due: readonly NoticeRow[]): NoticeRow[][] {
  const groups: NoticeRow[][] = [];
  for (const notice of due) {
    const last = groups.at(-1);
    const fits = last && last.length < GROUP && last.every(({ borrowerId }) => borrowerId !== notice.borrowerId);
    if (fits) last.push(notice);
    else groups.push([notice]);
  }
  return groups;
}

/** Decides due notices as of the sweep's instant, and acts on them: one commit before the provider, one after it. */
async function settleGroup(deps: NoticeDependencies, input: SweepInput, group: readonly NoticeRow[]): Promise<Fate[]> {
  const decided = await inTransaction(deps.pool, (client) =>
    together(group.map((notice) => prepare(client, deps, input, notice))),
  );
  const sent = await Promise.all(decided.flatMap((each) => ('fate' in each ? [] : [send(deps, input, each)])));
  if (sent.length > 0) {
    await inTransaction(deps.pool, (client) => together(sent.map((attempt) => markOutcome(client, attempt))));
  }
  const fates = decided.flatMap((each) => ('fate' in each ? [each.fate] : []));
  return [...fates, ...sent.map(({ outcome }): Fate => (outcome.status === 'refused' ? 'failed' : 'sent'))];
}

async function send(deps: NoticeDependencies, { tenantId, asOfMs }: SweepInput, { noticeId, phone, text }: Attempted) {
  const outcome = await deps.provider
    .send({ reference: noticeId, phone, text, atMs: asOfMs })
    // An adapter that throws did not say that nothing was sent; its message may hold the phone, so it is not kept.
    .catch((): SendOutcome => ({ status: 'unknown', detail: 'the provider adapter failed without an answer' }));
  deps.heartbeat();
  return { tenantId, noticeId, provider: deps.provider.name, outcome, atMs: asOfMs };
}

interface Attempted {
  noticeId: string;
  phone: string;
  text: string;
}

/** Everything before the provider: truth, contact rules, template, phone, text. Ends with the attempt committed. */
async function prepare(
  client: Client,
  deps: NoticeDependencies,
  input: SweepInput,
  notice: NoticeRow,
): Promise<{ fate: Fate } | Attempted> {
  const { tenantId, asOfMs } = input;
  const { noticeId, borrowerId } = notice;
  const cancel = async (reason: CancelReason): Promise<{ fate: Fate }> => {
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
  return claimed ? { noticeId, phone, text: message.text } : { fate: 'deferred' };
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
