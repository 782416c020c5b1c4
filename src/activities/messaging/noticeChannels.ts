/**
 * Where a notice goes that no text can bring: by e-mail where there is an address, else into the inbox of the app, of
 * which a push tells (docs/channels.md).
 */
import { EMAIL, type MailChannel } from '../../adapters/channels/port';
import type { SendOutcome, SmsProvider } from '../../adapters/sms/port';
import { markTakesNothing, readVaultContact } from '../../db/messaging/contact/vaultContacts';
import { INBOX } from '../../db/messaging/outbox/inbox';
import { claimPush, markPush } from '../../db/messaging/outbox/pushNotifications';
import { type Client, inTransaction, together } from '../../db/transaction';
import { type GuardedAction, type MeasuresInForce, stoppedBy } from '../../domain/incidents/incidents';
import type { BookDependencies } from '../bookDependencies';
import type { NoticeChannelDependencies } from './noticeDependencies';

type Dependencies = Pick<BookDependencies, 'pool'> &
  Pick<NoticeChannelDependencies, 'vault' | 'inbox' | 'mail' | 'push'>;

/** An address of the vault. */
export interface MailAddress {
  address: string;
  /** Keyed. */
  fingerprint: string;
}

/** What is chosen for a notice that goes out without a text. */
export interface WithoutText {
  provider: SmsProvider | MailChannel;
  /** With e-mail alone. */
  mail?: MailAddress | undefined;
}

interface NoticeWithoutText {
  tenantId: string;
  borrowerId: string;
  action: GuardedAction;
  /** Channels and providers that this sweep has tried for it. */
  tried: ReadonlySet<string> | undefined;
}

/** E-mail, unless nothing is there to send it with or to, it is stopped, or this sweep tried it; else the inbox. */
export async function withoutText(
  client: Client,
  { inbox, mail, vault }: Pick<Dependencies, 'inbox' | 'mail' | 'vault'>,
  { stopped, inForce }: { stopped: ReadonlySet<string>; inForce: readonly MeasuresInForce[] },
  { tenantId, borrowerId, action, tried }: NoticeWithoutText,
): Promise<WithoutText> {
  if (!mail || stopped.has(EMAIL) || tried?.has(EMAIL)) return { provider: inbox };
  if (stoppedBy(inForce, { ...action, provider: EMAIL }) !== undefined) return { provider: inbox };
  const found = await readVaultContact(client, vault, { tenantId, borrowerId, field: 'email' });
  if (!found) return { provider: inbox };
  return { provider: mail, mail: { address: found.value, fingerprint: found.fingerprint } };
}

/** What it was sent to, as it is kept with the attempt; undefined for the inbox, which is the borrower's own. */
export function recipientOf({ provider, recipient, mail }: WithoutText & { recipient: string | undefined }) {
  if (provider.name === INBOX) return undefined;
  return provider.name === EMAIL ? mail?.fingerprint : recipient;
}

/** Never throws: what an adapter did not say is in doubt, and its message may hold the address. */
export async function sendByMail(
  channel: MailChannel,
  attempted: { reference: string; signature: string; text: string; mail?: MailAddress | undefined },
  atMs: number,
): Promise<SendOutcome> {
  const { reference, signature, text, mail: to } = attempted;
  if (!to) return { status: 'refused', failure: 'bad-address', code: 'none', detail: 'there is no address' };
  const message = { reference, to: to.address, subject: `【${signature}】账户通知`, text, atMs };
  return channel
    .send(message)
    .catch((): SendOutcome => ({ status: 'unknown', detail: 'the e-mail adapter failed without an answer' }));
}

export interface PushCandidate {
  noticeId: string;
  borrowerId: string;
  reference: string;
  provider: { name: string };
  isOptedOut: boolean;
}

/**
 * Tells the app of what has come into its inbox: after the commit, once for each notice, and without another try. What
 * the borrower opted out of is not told.
 */
export async function pushInboxNotice(
  { pool, push, vault }: Dependencies,
  { tenantId, asOfMs }: { tenantId: string; asOfMs: number },
  sent: readonly PushCandidate[],
): Promise<void> {
  const wanted = sent.filter(({ provider, isOptedOut }) => provider.name === INBOX && !isOptedOut);
  if (!push || wanted.length === 0) return;
  const claimed = await inTransaction(pool, (client) =>
    together(
      wanted.map(async ({ noticeId, borrowerId, reference }) => {
        const token = await readVaultContact(client, vault, { tenantId, borrowerId, field: 'pushToken' });
        const isOurs = token && (await claimPush(client, { tenantId, noticeId, reference, atMs: asOfMs }));
        return isOurs ? [{ noticeId, borrowerId, reference, token }] : [];
      }),
    ),
  );
  const pushed = await Promise.all(
    claimed.flat().map(async (each) => {
      const outcome = await push
        .send({ reference: each.reference, token: each.token.value })
        .catch((): SendOutcome => ({ status: 'unknown', detail: 'the push adapter failed without an answer' }));
      return { ...each, outcome };
    }),
  );
  await inTransaction(pool, (client) =>
    together(
      pushed.flatMap(({ noticeId, borrowerId, token: { fingerprint }, outcome }) => [
        markPush(client, { tenantId, noticeId, outcome }),
        ...(isBadAddress(outcome)
          ? [markTakesNothing(client, { tenantId, borrowerId, field: 'pushToken', fingerprint })]
          : []),
      ]),
    ),
  );
}

export function isMail(provider: SmsProvider | MailChannel): provider is MailChannel {
  return provider.name === EMAIL;
}

export function isBadAddress(outcome: SendOutcome): boolean {
  return outcome.status === 'refused' && outcome.failure === 'bad-address';
}
