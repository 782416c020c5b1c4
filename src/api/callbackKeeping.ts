/** Keeps what providers' callbacks brought: receipts as receipts, texts of borrowers as commands. */
import type { Pool } from 'pg';
import { recordReply } from '../db/statements/contact';
import { insertInboundText } from '../db/statements/inboundTexts';
import { appendNoticeEvidence } from '../db/statements/noticeEvidence';
import { lockMessages, type MessageRef, recordReceipt } from '../db/statements/receipts';
import { type Client, inTransaction } from '../db/transaction';
import { commandOf } from '../domain/inboundCommand';
import type { InboundText, ProviderReceipt } from '../sms/port';
import type { ApiContext } from './context';

export interface KeptCounts {
  received: number;
  /** Ended a notice. */
  applied: number;
  repeated: number;
  /** Kept without an end: of an unknown message, of one that has ended, or of one that is on its way. */
  kept: number;
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
  resolve(counts: KeptCounts): void;
  reject(error: unknown): void;
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
  { pool, tenantId }: Pick<ApiContext, 'pool' | 'tenantId'>,
  push: ReceiptPush,
): Promise<KeptCounts> {
  return new Promise((resolve, reject) => {
    const waiting = { tenantId, push, resolve, reject };
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
    const counts = await inTransaction(pool, async (client) => {
      await lockMessages(client, group.flatMap(messagesOf));
      const kept: KeptPush[] = [];
      for (const waiting of group) kept.push(await keepPush(client, waiting));
      // Last: whoever holds the chain waits for nobody.
      for (const [tenantId, ended] of endedByTenant(group, kept)) {
        await appendNoticeEvidence(client, { tenantId, ...ended });
      }
      return kept.map((push) => push.counts);
    });
    group.forEach(({ resolve }, index) => {
      const own = counts[index];
      if (own) resolve(own);
    });
  } catch (error) {
    const [only, ...more] = group;
    if (more.length === 0) only?.reject(error);
    else for (const each of group) await keepGroup(pool, [each]);
  }
}

function messagesOf({ tenantId, push: { provider, receipts } }: Waiting): MessageRef[] {
  return receipts.map(({ providerMessageId }) => ({ tenantId, provider, providerMessageId }));
}

interface KeptPush {
  counts: KeptCounts;
  /** Notices that it ended. */
  noticeIds: string[];
}

function endedByTenant(group: readonly Waiting[], kept: readonly KeptPush[]) {
  const ended = new Map<string, { noticeIds: string[]; atMs: number }>();
  group.forEach(({ tenantId, push: { receivedAtMs } }, index) => {
    const before = ended.get(tenantId) ?? { noticeIds: [], atMs: receivedAtMs };
    const noticeIds = [...before.noticeIds, ...(kept[index]?.noticeIds ?? [])];
    ended.set(tenantId, { noticeIds, atMs: Math.max(before.atMs, receivedAtMs) });
  });
  return ended;
}

async function keepPush(client: Client, { tenantId, push }: Waiting): Promise<KeptPush> {
  const { provider, receipts, receivedAtMs } = push;
  const counts = { received: receipts.length, applied: 0, repeated: 0, kept: 0 };
  const noticeIds: string[] = [];
  for (const receipt of inLockOrder(receipts)) {
    const { status, code, body = { status, code } } = receipt;
    const told = { tenantId, provider, receivedAtMs, ...receipt, body };
    const result = await recordReceipt(client, told);
    if (result.receipt === 'repeated') counts.repeated += 1;
    else counts[result.movedNoticeId === undefined ? 'kept' : 'applied'] += 1;
    if (result.movedNoticeId !== undefined) noticeIds.push(result.movedNoticeId);
  }
  return { counts, noticeIds };
}

/**
 * Keeps texts of borrowers once each: the phone as the vault's fingerprint, of the words the command alone, by which
 * courtesies stop (docs/contact-rules.md). In the caller's transaction.
 */
export async function keepInbound(
  client: Client,
  { tenantId, vault }: Pick<ApiContext, 'tenantId' | 'vault'>,
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

/** Rows are locked in one order in every push, so that two pushes never wait for each other crosswise. */
function inLockOrder(receipts: readonly KeptReceipt[]): KeptReceipt[] {
  const orderOf = ({ providerMessageId, receiptKey }: KeptReceipt) => `${providerMessageId} ${receiptKey}`;
  return [...receipts].sort((first, second) => (orderOf(first) < orderOf(second) ? -1 : 1));
}
