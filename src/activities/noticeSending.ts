/**
 * Drafts become messages: the attempt is committed, the provider is called once, its answer is committed. A definite
 * refusal goes on to the next provider, in an attempt of its own; what is in doubt stays so until it is looked at.
 */

import { markUnreachable } from '../db/statements/contact';
import { INBOX } from '../db/statements/inbox';
import { measuresInForce } from '../db/statements/incidents';
import {
  type Acceptance,
  markAccepted,
  markAllAttempted,
  markOutcome,
  type NoticeOutcome,
} from '../db/statements/noticeAttempts';
import { issueCodes } from '../db/statements/noticeCodes';
import { appendNoticeEvidence } from '../db/statements/noticeEvidence';
import { stopProvider } from '../db/statements/providerStops';
import { lockMessages, type MessageRef } from '../db/statements/receipts';
import { markTakesNothing } from '../db/statements/vaultContacts';
import { type Client, inTransaction, together } from '../db/transaction';
import { CODE_POLICY } from '../domain/noticeCodes';
import { failsOver, nextLookAtMs, tryAgainAtMs } from '../domain/sendOutcomes';
import type { SendOutcome } from '../sms/port';
import {
  isBadAddress,
  isMail,
  nudgeInbox,
  recipientOf,
  sendByMail,
  type WithoutText,
  withoutText,
} from './noticeChannels';
import { chooseProvider, type Draft, type DraftContext } from './noticeDraft';
import type { Fate, NoticeDependencies, SweepInput } from './sweep';

export interface Attempted extends Draft {
  attempt: number;
  reference: string;
  /** Providers that this sweep has tried for it. */
  tried: ReadonlySet<string>;
}

/** In their order; undefined where a notice is someone else's: another sweep took it meanwhile. */
export async function attemptDrafts(
  client: Client,
  { codes }: Pick<NoticeDependencies, 'codes'>,
  { tenantId, asOfMs }: SweepInput,
  drafts: readonly (Draft & { tried?: ReadonlySet<string> })[],
): Promise<(Attempted | undefined)[]> {
  const attempts = drafts.map((draft) => {
    const { noticeId, provider, templateVersion, keptText, parts, figures, moved } = draft;
    const said = { templateVersion, text: keptText, parts, figures, moved };
    return { noticeId, provider: provider.name, ...said, recipient: recipientOf(draft) };
  });
  const made = await markAllAttempted(client, { tenantId, atMs: asOfMs, attempts });
  // Another attempt with the same text adds nothing.
  const issued = drafts.flatMap(({ noticeId, phone, code }) =>
    made.has(noticeId) && code && phone !== '' ? [{ noticeId, phone, ...code }] : [],
  );
  const expiresAtMs = asOfMs + CODE_POLICY.validForMs;
  await issueCodes(client, codes, { tenantId, issuedAtMs: asOfMs, expiresAtMs, issued });
  return drafts.map((draft) => {
    const marked = made.get(draft.noticeId);
    return marked && { ...draft, ...marked, tried: new Set([...(draft.tried ?? []), draft.provider.name]) };
  });
}

/** Calls the providers of committed attempts until each has an outcome that this sweep can reach. */
export async function sendAttempts(
  deps: NoticeDependencies,
  input: SweepInput,
  context: Omit<DraftContext, 'inForce'>,
  attempts: readonly Attempted[],
): Promise<Fate[]> {
  const fates: Fate[] = [];
  const taken: Attempted[] = [];
  let open = attempts;
  while (open.length > 0) {
    const answered = await Promise.all(open.map((attempt) => send(deps, input, attempt)));
    const settled = await inTransaction(deps.pool, async (client) => {
      await lockMessages(client, answered.flatMap(messagesOf(input)));
      const [inForce] = await together([measuresInForce(client, input), keepAccepted(client, input, answered)]);
      const done = await together(answered.map((each) => settle(client, deps, input, { ...context, inForce }, each)));
      await appendNoticeEvidence(client, {
        ...{ tenantId: input.tenantId, atMs: input.asOfMs },
        noticeIds: answered.map(({ attempted }) => attempted.noticeId),
      });
      return done;
    });
    fates.push(...settled.flatMap((each) => ('fate' in each ? [each.fate] : [])));
    taken.push(...answered.flatMap(({ attempted, outcome }) => (outcome.status === 'accepted' ? [attempted] : [])));
    open = settled.flatMap((each) => ('fate' in each ? [] : [each]));
  }
  // Last of all: what is attempted already must not wait for it, nor fail with it.
  await nudgeInbox(deps, input, taken);
  return fates;
}

/** Ids under which a provider has taken something. */
function messagesOf({ tenantId }: SweepInput) {
  return ({ attempted, outcome }: Answered): MessageRef[] =>
    outcome.status === 'accepted'
      ? outcome.providerMessageIds.map((providerMessageId) => ({
          ...{ tenantId, provider: attempted.provider.name, providerMessageId },
        }))
      : [];
}

type NotTaken = Exclude<SendOutcome, { status: 'accepted' }>;

interface Answered {
  attempted: Attempted;
  outcome: SendOutcome;
}

async function send(deps: NoticeDependencies, { asOfMs }: SweepInput, attempted: Attempted): Promise<Answered> {
  const { provider, reference, phone, text, registered, signature, variables } = attempted;
  const code = registered.get(provider.name);
  const template = code === undefined ? undefined : { code, signature, variables };
  const message = { reference, phone, text, template, atMs: asOfMs };
  const outcome = await (isMail(provider)
    ? sendByMail(provider, attempted, asOfMs)
    : provider === deps.inbox
      ? provider.send(message)
      : deps.providers.send(provider, message));
  deps.heartbeat();
  return { attempted, outcome };
}

/** What was taken is kept in a few statements for all, being the most by far. */
async function keepAccepted(
  client: Client,
  { tenantId, asOfMs }: SweepInput,
  answered: readonly Answered[],
): Promise<void> {
  const byProvider = new Map<string, Acceptance[]>();
  for (const { attempted, outcome } of answered) {
    if (outcome.status !== 'accepted') continue;
    const { noticeId, attempt, provider } = attempted;
    // A mail server tells no more than that it took it.
    const nextLook = isMail(provider) ? null : nextLookAtMs({ attemptedAtMs: asOfMs, looks: 0, canInquire: false });
    const accepted = { noticeId, attempt, providerMessageIds: outcome.providerMessageIds, nextLookAtMs: nextLook };
    byProvider.set(provider.name, [...(byProvider.get(provider.name) ?? []), accepted]);
  }
  for (const [provider, accepted] of byProvider) {
    await markAccepted(client, { tenantId, provider, accepted, atMs: asOfMs });
  }
}

/**
 * Keeps an answer that is no acceptance; returns the attempt at the next provider where there is one, else what became
 * of the notice.
 */
async function settle(
  client: Client,
  deps: NoticeDependencies,
  input: SweepInput,
  context: DraftContext,
  { attempted, outcome }: Answered,
): Promise<{ fate: Fate } | Attempted> {
  if (outcome.status === 'accepted') return { fate: 'sent' };
  const { tenantId, asOfMs } = input;
  const { noticeId, attempt, provider } = attempted;
  const ref = { tenantId, noticeId, attempt, provider: provider.name };
  if (outcome.status === 'refused' && outcome.failure === 'account-stop') {
    const { code, detail } = outcome;
    await stopProvider(client, { tenantId, provider: provider.name, stoppedAtMs: asOfMs, code, detail });
  }
  if (isBadAddress(outcome)) await rememberBadAddress(client, input, attempted);
  const next = await nextWay(client, deps, input, context, attempted, outcome);
  const kept = next ? { ...outcome, sendAgainAtMs: asOfMs } : outcomeOf(attempted, outcome, asOfMs);
  await markOutcome(client, { ...ref, outcome: kept as NoticeOutcome, atMs: asOfMs });
  if (next) {
    const [another] = await attemptDrafts(client, deps, input, [{ ...attempted, ...next }]);
    return another ?? { fate: 'deferred' };
  }
  if (kept.status !== 'refused') return { fate: 'sent' };
  return { fate: 'sendAgainAtMs' in kept && kept.sendAgainAtMs !== undefined ? 'deferred' : 'failed' };
}

async function rememberBadAddress(
  client: Client,
  { tenantId }: SweepInput,
  { borrowerId, provider, recipient, mail }: Attempted,
): Promise<void> {
  if (isMail(provider)) {
    const fingerprint = mail?.fingerprint ?? '';
    await markTakesNothing(client, { tenantId, borrowerId, field: 'email', fingerprint });
  } else if (recipient !== undefined) {
    await markUnreachable(client, { tenantId, borrowerId, recipient });
  }
}

/**
 * Who is tried at once after a definite refusal: another provider; e-mail or the inbox for a number that takes nothing;
 * the inbox for whatever e-mail refuses, because nothing is left that could.
 */
async function nextWay(
  client: Client,
  deps: NoticeDependencies,
  { tenantId }: SweepInput,
  context: DraftContext,
  attempted: Attempted,
  outcome: SendOutcome,
): Promise<WithoutText | undefined> {
  const { deed, provider, tried, borrowerId } = attempted;
  if (outcome.status !== 'refused') return undefined;
  if (isMail(provider)) return { provider: deps.inbox };
  if (outcome.failure === 'bad-address') {
    return provider.name === INBOX
      ? undefined
      : withoutText(client, deps, context, { tenantId, borrowerId, deed }, tried);
  }
  if (!failsOver(outcome.failure)) return undefined;
  const next = chooseProvider(context, deed, attempted, tried);
  return next && { provider: next };
}

/** The provider's answer, with when the notice is looked at or sent again. */
function outcomeOf({ attempt, provider }: Attempted, outcome: NotTaken, atMs: number): NoticeOutcome {
  switch (outcome.status) {
    case 'unknown': {
      const canInquire = !isMail(provider) && provider.inquire !== undefined;
      return { ...outcome, nextLookAtMs: nextLookAtMs({ attemptedAtMs: atMs, looks: 0, canInquire }) };
    }
    case 'refused': {
      const { failure, retryAtMs } = outcome;
      return { ...outcome, sendAgainAtMs: tryAgainAtMs({ failure, attempts: attempt, retryAtMs, atMs }) };
    }
  }
}
