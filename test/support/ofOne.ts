/** Statements that the product runs for groups, of one: most tests speak of one notice. */
import type { NoticeCodes } from '../../src/db/messaging/codes/codeDrawing';
import { type IssuedCode, issueCodes } from '../../src/db/messaging/codes/verificationCodes';
import {
  type ContactStatus,
  type ContactStatusQuery,
  readContactStatuses,
} from '../../src/db/messaging/contact/contactStatuses';
import type { MessageRef } from '../../src/db/messaging/delivery/messageLocks';
import { type ReceiptResult, recordReceipts, type ToldReceipt } from '../../src/db/messaging/delivery/receipts';
import { type AttemptMade, markAllAttempted, type NoticeAttempt } from '../../src/db/messaging/outbox/noticeAttempts';
import { activeTemplates, type TemplateRow } from '../../src/db/messaging/templates/templates';
import type { Client, Reader } from '../../src/db/transaction';
import type { WordingName } from '../../src/domain/messaging/outbox/wordings';

export async function markAttempted(
  client: Client,
  { tenantId, atMs, ...attempt }: NoticeAttempt & { tenantId: string; atMs: number },
): Promise<AttemptMade | undefined> {
  const made = await markAllAttempted(client, { tenantId, atMs, attempts: [attempt] });
  return made.get(attempt.noticeId);
}

export async function recordReceipt(client: Client, input: MessageRef & ToldReceipt): Promise<ReceiptResult> {
  const { tenantId, provider, ...told } = input;
  const [result] = await recordReceipts(client, { tenantId, provider, receipts: [told] });
  return result as ReceiptResult;
}

export function issueCode(
  client: Client,
  codes: NoticeCodes,
  { tenantId, issuedAtMs, expiresAtMs, ...issued }: OneCode,
): Promise<void> {
  return issueCodes(client, codes, { tenantId, issuedAtMs, expiresAtMs, issued: [issued] });
}

type OneCode = IssuedCode & { tenantId: string; issuedAtMs: number; expiresAtMs: number };

export async function readContactStanding(
  reader: Reader,
  { tenantId, asOfMs, ...about }: ContactStatusQuery & { tenantId: string; asOfMs: number },
): Promise<ContactStatus> {
  const [standing] = await readContactStatuses(reader, { tenantId, asOfMs, about: [about] });
  return standing as ContactStatus;
}

/** Undefined when none is active. */
export async function activeTemplate(
  reader: Reader,
  { tenantId, kind }: { tenantId: string; kind: WordingName },
): Promise<TemplateRow | undefined> {
  return (await activeTemplates(reader, { tenantId, kinds: [kind] })).get(kind);
}
