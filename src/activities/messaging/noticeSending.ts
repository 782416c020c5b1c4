/**
 * Drafts become messages: the attempt is committed, the provider is called once, its answer is committed. What a
 * provider definitely refused and another may have is planned again at once, and the sweep decides it anew; what is in
 * doubt stays so until it is looked at.
 */

import type { RefusedOutcome, SendOutcome } from '../../adapters/sms/port';
import { measuresInForce } from '../../db/incidents/incidents';
import { issueCodes } from '../../db/messaging/codes/verificationCodes';
import { markUnreachable } from '../../db/messaging/contact/contactProfiles';
import { markTakesNothing } from '../../db/messaging/contact/vaultContacts';
import { lockMessages, type MessageRef } from '../../db/messaging/delivery/messageLocks';
import { passageSince } from '../../db/messaging/delivery/providerHealth';
import { stopProvider } from '../../db/messaging/delivery/providerStops';
import { INBOX, keepInboxCopies } from '../../db/messaging/outbox/inbox';
import {
  markAccepted,
  markAllAttempted,
  markOutcome,
  type NoticeOutcome,
  type ProviderAcceptance,
} from '../../db/messaging/outbox/noticeAttempts';
import { appendNoticeEvidence } from '../../db/messaging/outbox/noticeEvidence';
import { type Client, inTransaction, together } from '../../db/transaction';
import { stoppedBy } from '../../domain/incidents/incidents';
import { CODE_POLICY, HIDDEN_CODE } from '../../domain/messaging/codes/verificationCodes';
import {
  failsOver,
  nextLookAtMs,
  sendAgainAtMs,
  sessionStopsProvider,
  usesTry,
} from '../../domain/messaging/delivery/sendOutcomes';
import { isBadAddress, isMail, recipientOf, sendByMail } from './noticeChannels';
import { chooseProvider, type Draft, type DraftContext } from './noticeDraft';
import type { NoticeDependencies, SendDisposition, SweepInput } from './sweep';

export interface Attempted extends Draft {
  attempt: number;
  reference: string;
  /** Tries of the notice before this attempt. */
  tries: number;
}

/** In their order; undefined where a notice is someone else's: another sweep took it meanwhile. */
export async function attemptDrafts(
  client: Client,
  { codes }: Pick<NoticeDependencies, 'codes'>,
  { tenantId, asOfMs }: SweepInput,
  drafts: readonly Draft[],
): Promise<(Attempted | undefined)[]> {
  const attempts = drafts.map((draft) => {
    const { noticeId, provider, wording, templateVersion, keptText, parts, figures, moved } = draft;
    const said = { wording, templateVersion, text: keptText, parts, figures, moved };
    return { noticeId, provider: provider.name, ...said, recipient: recipientOf(draft) };
  });
  const made = await markAllAttempted(client, { tenantId, atMs: asOfMs, attempts });
  // Another attempt with the same text adds nothing.
  const issued = drafts.flatMap(({ noticeId, phone, code, provider }) =>
    // What the inbox shows has its code covered: nobody gets it.
    provider.name !== INBOX && made.has(noticeId) && code && phone !== '' ? [{ noticeId, phone, ...code }] : [],
  );
  const expiresAtMs = asOfMs + CODE_POLICY.validForMs;
  await issueCodes(client, codes, { tenantId, issuedAtMs: asOfMs, expiresAtMs, issued });
  const copies = drafts.flatMap(({ noticeId, isCopied, provider, keptText: text }) =>
    made.has(noticeId) && isCopied && provider.name !== INBOX ? [{ noticeId, text }] : [],
  );
  await keepInboxCopies(client, { tenantId, copies, atMs: asOfMs });
  return drafts.map((draft) => {
    const marked = made.get(draft.noticeId);
    return marked && { ...draft, ...marked };
  });
}

interface Sent {
  dispositions: SendDisposition[];
  taken: Attempted[];
  /** Refused, and to be decided anew. */
  again: Attempted[];
}

/** Calls the provider of each committed attempt once. */
export async function sendAttempts(
  deps: NoticeDependencies,
  input: SweepInput,
  context: Omit<DraftContext, 'inForce'>,
  attempts: readonly Attempted[],
): Promise<Sent> {
  if (attempts.length === 0) return { dispositions: [], taken: [], again: [] };
  const answered = await Promise.all(attempts.map((attempt) => send(deps, input, attempt)));
  const isAnyRefused = answered.some(({ outcome }) => outcome.status === 'refused');
  const settled = await inTransaction(deps.pool, async (client) => {
    await lockMessages(client, answered.flatMap(messagesOf(input)));
    const [inForce] = await together([
      isAnyRefused ? measuresInForce(client, input) : [],
      keepAccepted(client, input, answered),
    ]);
    const done = await together(answered.map((each) => settle(client, input, { ...context, inForce }, each)));
    await appendNoticeEvidence(client, {
      tenantId: input.tenantId,
      atMs: input.asOfMs,
      noticeIds: answered.map(({ attempted }) => attempted.noticeId),
    });
    return done;
  });
  return {
    dispositions: settled.flatMap((each) => ('disposition' in each ? [each.disposition] : [])),
    taken: answered.flatMap(({ attempted, outcome }) => (outcome.status === 'accepted' ? [attempted] : [])),
    again: settled.flatMap((each) => ('disposition' in each ? [] : [each])),
  };
}

/** Ids under which a provider has taken something. */
function messagesOf({ tenantId }: SweepInput) {
  return ({ attempted, outcome }: Answered): MessageRef[] =>
    outcome.status === 'accepted'
      ? outcome.providerMessageIds.map((providerMessageId) => ({
          tenantId,
          provider: attempted.provider.name,
          providerMessageId,
        }))
      : [];
}

type NotTaken = Exclude<SendOutcome, { status: 'accepted' }>;

interface Answered {
  attempted: Attempted;
  outcome: SendOutcome;
}

async function send(deps: NoticeDependencies, { asOfMs }: SweepInput, attempted: Attempted): Promise<Answered> {
  const { provider, reference, phone, text, keptText, registered, signature, variables } = attempted;
  const code = registered.get(provider.name);
  const template = code === undefined ? undefined : { code, signature, variables };
  const message = { reference, phone, text, template, atMs: asOfMs };
  const outcome = await (isMail(provider)
    ? sendByMail(provider, attempted, asOfMs)
    : provider === deps.inbox
      ? // A copy that is kept: whoever reads it in the app need not ask whether it is ours.
        provider.send({ ...message, text: keptText })
      : deps.providers.send(provider, message));
  deps.heartbeat();
  return { attempted, outcome: withoutCode(outcome, attempted) };
}

/** What a provider tells of a refusal is kept and shown; some repeat the text, and with it the code. */
function withoutCode(outcome: SendOutcome, { code, phone }: Attempted): SendOutcome {
  if (outcome.status === 'accepted') return outcome;
  let { detail } = outcome;
  for (const [told, covered] of [
    [code?.code, HIDDEN_CODE],
    [phone, '[phone]'],
  ] as const) {
    if (told) detail = detail.replaceAll(told, covered);
  }
  return { ...outcome, detail };
}

/** What was taken is kept in a few statements for all, being the most by far. */
async function keepAccepted(
  client: Client,
  { tenantId, asOfMs }: SweepInput,
  answered: readonly Answered[],
): Promise<void> {
  const byProvider = new Map<string, ProviderAcceptance[]>();
  for (const { attempted, outcome } of answered) {
    if (outcome.status !== 'accepted') continue;
    const { noticeId, attempt, provider } = attempted;
    // A mail server tells no more than that it took it.
    const nextLook = isMail(provider) ? null : nextLookAtMs({ attemptedAtMs: asOfMs, looks: 0, canInquire: false });
    const session = isMail(provider) ? undefined : provider.session;
    const accepted = {
      noticeId,
      attempt,
      session,
      providerMessageIds: outcome.providerMessageIds,
      nextLookAtMs: nextLook,
    };
    byProvider.set(provider.name, [...(byProvider.get(provider.name) ?? []), accepted]);
  }
  for (const [provider, accepted] of byProvider) {
    await markAccepted(client, { tenantId, provider, accepted, atMs: asOfMs });
  }
}

/** Keeps an answer that is no acceptance; returns what became of the notice, or itself when it is to be decided anew. */
async function settle(
  client: Client,
  input: SweepInput,
  context: DraftContext,
  { attempted, outcome }: Answered,
): Promise<{ disposition: SendDisposition } | Attempted> {
  if (outcome.status === 'accepted') return { disposition: 'sent' };
  const { tenantId, asOfMs } = input;
  const { noticeId, attempt, provider } = attempted;
  const ref = { tenantId, noticeId, attempt, provider: provider.name };
  if (outcome.status === 'refused' && outcome.failure === 'account-stop') {
    await stopForAll(client, input, provider.name, outcome);
  }
  if (isBadAddress(outcome)) await rememberBadAddress(client, input, attempted);
  const isDecidedAnew = goesOn(context, attempted, outcome);
  const kept = isDecidedAnew
    ? { ...outcome, sendAgainAtMs: asOfMs, usesTry: outcome.status === 'refused' && usesTry(outcome) }
    : outcomeOf(attempted, outcome, asOfMs);
  await markOutcome(client, { ...ref, outcome: kept as NoticeOutcome, atMs: asOfMs });
  if (isDecidedAnew) return attempted;
  if (kept.status !== 'refused') return { disposition: 'sent' };
  return { disposition: 'sendAgainAtMs' in kept && kept.sendAgainAtMs !== undefined ? 'deferred' : 'failed' };
}

/** By the provider's own answer, until a person resumes it; not for one worker's session while others get through. */
async function stopForAll(
  client: Client,
  { tenantId, asOfMs }: SweepInput,
  provider: string,
  { code, detail, isOwnSession = false }: RefusedOutcome,
): Promise<void> {
  if (isOwnSession) {
    const passage = await passageSince(client, { tenantId, provider, code });
    if (!sessionStopsProvider({ ...passage, asOfMs })) return;
  }
  await stopProvider(client, { tenantId, provider, stoppedAtMs: asOfMs, code, detail });
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
 * Whether a definite refusal is decided anew at once: another provider may have it, e-mail or the inbox where a number
 * takes nothing, the inbox where e-mail is refused. So is what an incident stops by now: it waits for the end of that, and
 * is not given up.
 */
function goesOn(context: DraftContext, attempted: Attempted, outcome: NotTaken): boolean {
  const { noticeId, action, provider } = attempted;
  // What is in the inbox is there because no text may be sent, or can be.
  if (outcome.status !== 'refused' || provider.name === INBOX) return false;
  if (isMail(provider) || outcome.failure === 'bad-address') return true;
  if (!failsOver(outcome.failure)) return false;
  if (stoppedBy(context.inForce, action) !== undefined) return true;
  const tried = new Set([...(context.tried?.get(noticeId) ?? []), provider.name]);
  return chooseProvider(context, action, attempted, tried) !== undefined;
}

/** The provider's answer, with when the notice is looked at or sent again. */
function outcomeOf({ attempt, tries, provider }: Attempted, outcome: NotTaken, atMs: number): NoticeOutcome {
  switch (outcome.status) {
    case 'unknown': {
      const canInquire = !isMail(provider) && provider.inquire !== undefined;
      return { ...outcome, nextLookAtMs: nextLookAtMs({ attemptedAtMs: atMs, looks: 0, canInquire }) };
    }
    case 'refused': {
      const isTry = usesTry(outcome);
      const refused = { ...outcome, tries: tries + (isTry ? 1 : 0), calls: attempt, atMs };
      return { ...outcome, usesTry: isTry, sendAgainAtMs: sendAgainAtMs(refused) };
    }
  }
}
