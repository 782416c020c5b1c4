/** Keeps what providers' callbacks brought: receipts as receipts, texts of borrowers as commands. */
import type { Pool } from 'pg';
import type { InboundText, ProviderReceipt } from '../../adapters/sms/port';
import { recordReply } from '../../db/messaging/contact/contactChoices';
import { insertInboundText } from '../../db/messaging/contact/inboundTexts';
import { type ReceiptResult, recordReceipts, type ToldReceipt } from '../../db/messaging/delivery/receipts';
import { appendNoticeEvidence } from '../../db/messaging/outbox/noticeEvidence';
import { type Client, inTransaction } from '../../db/transaction';
import { commandOf } from '../../domain/messaging/contact/optOutCommand';
import type { ActivityDependencies } from '../dependencies';

/** How many of so many receipts of a provider for messages that nobody knows are kept. */
type AdmitUnknown = (provider: string, count: number) => number;

/** Where what needs a person is told. */
export interface ErrorLog {
  error(fields: object, message: string): void;
}

type KeepingDependencies = Pick<ActivityDependencies, 'pool'> & {
  tenantId: string;
  admitUnknown?: AdmitUnknown | undefined;
};

export interface KeptCounts {
  received: number;
  /** Ended a notice. */
  applied: number;
  repeated: number;
  /** Kept without an end: of an unknown message, of one that has ended, or of one that is on its way. */
  kept: number;
  /** Of messages that nobody knows, beyond the bound: not kept, to be sent again; absent where there are none. */
  leftOut?: number;
  /** Those that may have been the end of something, told to people (`receipt_trouble`); absent where there are none. */
  inDoubt?: number;
}

export interface ReceiptPush {
  provider: string;
  receipts: readonly KeptReceipt[];
  receivedAtMs: number;
}

/** `body`: what is kept of it; its status and code where nothing else is told. */
type KeptReceipt = Omit<ProviderReceipt, 'code'> & { code?: string | undefined; body?: unknown };

interface Waiting {
  tenantId: string;
  push: ReceiptPush;
  admitUnknown: AdmitUnknown | undefined;
  resolve(counts: KeptCounts): void;
  reject(error: unknown): void;
}

/** What nobody can tell is told to people. */
export function tellDoubt(logger: ErrorLog, provider: string, { inDoubt, leftOut }: KeptCounts): void {
  if (leftOut !== undefined)
    logger.error({ provider, leftOut }, 'too many delivery receipts of unknown messages: not kept');
  if (inDoubt !== undefined)
    logger.error({ provider, inDoubt }, 'delivery receipts ambiguous: kept, no notice concluded');
}

/** Pushes that came while a commit runs; there is a list for each pool that is at one. */
const waitingAt = new WeakMap<Pool, Waiting[]>();
/** Pushes that share a transaction. */
const GROUP = 50;

/**
 * Keeps the receipts of a push, all or none: what fails half-way comes again as a whole, and doubles are no harm. Each
 * end of a notice joins the tenant's chain of evidence, which one transaction holds at a time; so pushes that come
 * while one is committed share the next commit. The caller hears of its own push, once it is committed.
 */
export function keepReceipts(
  { pool, tenantId, admitUnknown }: KeepingDependencies,
  push: ReceiptPush,
): Promise<KeptCounts> {
  return new Promise((resolve, reject) => {
    const waiting = { tenantId, push, admitUnknown, resolve, reject };
    const queue = waitingAt.get(pool);
    if (queue) queue.push(waiting);
    else void commitByTurns(pool, waiting);
  });
}

async function commitByTurns(pool: Pool, first: Waiting): Promise<void> {
  const queue: Waiting[] = [];
  waitingAt.set(pool, queue);
  for (let group = [first]; group.length > 0; group = queue.splice(0, GROUP)) await keepGroup(pool, group);
  waitingAt.delete(pool);
}

/** A group that fails is kept push by push, so that one bad push is nobody else's. Never throws. */
async function keepGroup(pool: Pool, group: readonly Waiting[]): Promise<void> {
  try {
    const counts = await inTransaction(pool, (client) => keepTogether(client, group));
    for (const waiting of group) waiting.resolve(counts.get(waiting) ?? NOTHING);
  } catch (error) {
    const [only, ...more] = group;
    if (more.length === 0) only?.reject(error);
    else for (const each of group) await keepGroup(pool, [each]);
  }
}

const NOTHING: KeptCounts = { received: 0, applied: 0, repeated: 0, kept: 0 };

async function keepTogether(client: Client, group: readonly Waiting[]): Promise<Map<Waiting, KeptCounts>> {
  const counts = new Map(group.map((waiting) => [waiting, { ...NOTHING }]));
  const ended = new Map<string, { noticeIds: string[]; atMs: number }>();
  for (const [first, ...more] of byProvider(group)) {
    const pushes = [first, ...more];
    const pushed = pushes.flatMap((waiting) => waiting.push.receipts.map((receipt) => ({ waiting, receipt })));
    const { tenantId, push } = first;
    const { provider } = push;
    const admitUnknown = first.admitUnknown && ((count: number) => first.admitUnknown?.(provider, count) ?? count);
    const receipts = pushed.map(({ waiting, receipt }) => toldReceipt(waiting.push, receipt));
    const results = await recordReceipts(client, { tenantId, provider, receipts, admitUnknown });
    pushed.forEach(({ waiting }, index) => {
      count(counts.get(waiting), results[index]);
    });
    const before = ended.get(tenantId) ?? { noticeIds: [], atMs: 0 };
    const noticeIds = results.flatMap(({ movedNoticeId }) => movedNoticeId ?? []);
    const atMs = Math.max(before.atMs, ...pushes.map((each) => each.push.receivedAtMs));
    ended.set(tenantId, { noticeIds: [...before.noticeIds, ...noticeIds], atMs });
  }
  // Last: whoever holds the chain waits for nobody.
  for (const [tenantId, { noticeIds, atMs }] of ended)
    await appendNoticeEvidence(client, { tenantId, noticeIds, atMs });
  return counts;
}

/** In one order in every group, so that two processes never wait for each other crosswise. */
function byProvider(group: readonly Waiting[]): [Waiting, ...Waiting[]][] {
  const providers = new Map<string, [Waiting, ...Waiting[]]>();
  for (const waiting of group) {
    const key = JSON.stringify([waiting.tenantId, waiting.push.provider]);
    const same = providers.get(key);
    if (same) same.push(waiting);
    else providers.set(key, [waiting]);
  }
  return [...providers].sort(([first], [second]) => (first < second ? -1 : 1)).map(([, pushes]) => pushes);
}

function toldReceipt({ receivedAtMs }: ReceiptPush, { body, ...receipt }: KeptReceipt): ToldReceipt {
  const { status, code } = receipt;
  return { ...receipt, receivedAtMs, body: body ?? { status, code } };
}

function count(counts: KeptCounts | undefined, result: ReceiptResult | undefined): void {
  if (!counts || !result) return;
  counts.received += 1;
  if (result.receipt === 'left-out') {
    counts.leftOut = (counts.leftOut ?? 0) + 1;
    return;
  }
  if (result.receipt === 'repeated') counts.repeated += 1;
  else counts[result.movedNoticeId === undefined ? 'kept' : 'applied'] += 1;
  if (result.trouble !== undefined) counts.inDoubt = (counts.inDoubt ?? 0) + 1;
}

/**
 * Keeps texts of borrowers once each: the phone as the vault's fingerprint, of the words the command alone, by which
 * courtesies stop (docs/contact-rules.md). In the caller's transaction.
 */
export async function keepInbound(
  client: Client,
  { tenantId, vault }: Pick<ActivityDependencies, 'vault'> & { tenantId: string },
  { provider, texts, receivedAtMs }: { provider: string; texts: readonly InboundText[]; receivedAtMs: number },
): Promise<{ received: number; repeated: number }> {
  let repeated = 0;
  for (const { phone, text, messageKey } of texts) {
    // A plain hash over a phone number could be guessed.
    const keptKey = vault.fingerprint(tenantId, 'phone', `inbound/${messageKey}`);
    const recipient = vault.fingerprint(tenantId, 'phone', phone);
    const command = commandOf(text);
    const row = { tenantId, provider, receivedAtMs, messageKey: keptKey, phoneFingerprint: recipient, command };
    const outcome = await insertInboundText(client, row);
    if (outcome === 'repeated') repeated += 1;
    else if (command !== 'other') {
      await recordReply(client, { tenantId, recipient, messageKey: keptKey, wantsCourtesy: false, atMs: receivedAtMs });
    }
  }
  return { received: texts.length, repeated };
}
