/**
 * The `sink` provider sends nothing: it keeps messages in a table and issues receipts after a delay, some of them late,
 * doubled or never, so that everything behind a real provider can be seen working. It is a stand-in for a carrier, for
 * demonstrations and tests, and says so in its name. Its copies are whole: every other copy of a text covers its code.
 */

import { HOUR_MS, MINUTE_MS } from '../../../domain/values/timeUnits';
import type { ReceiptStatus, SendOutcome, SmsMessage, SmsProvider } from '../port';

export interface PlannedReceipt {
  sequence: number;
  status: ReceiptStatus;
  dueAtMs: number;
}

export interface SinkStore {
  /** Keeps a message and its coming receipts; returns the message's id. */
  keep(message: SmsMessage, receipts: PlannedReceipt[]): Promise<string>;
}

/** How receipts behave, in shares of 100 by the message's own hash: no dice, so a run can be repeated. */
const BEHAVIOURS: { upTo: number; receipts: (atMs: number) => PlannedReceipt[] }[] = [
  { upTo: 80, receipts: (atMs) => [receipt(1, 'delivered', atMs + MINUTE_MS)] },
  { upTo: 88, receipts: (atMs) => [receipt(1, 'delivered', atMs + 30 * HOUR_MS)] },
  {
    upTo: 94,
    receipts: (atMs) => [1, 2].map((sequence) => receipt(sequence, 'delivered', atMs + sequence * 5 * MINUTE_MS)),
  },
  { upTo: 97, receipts: (atMs) => [receipt(1, 'undelivered', atMs + 2 * MINUTE_MS)] },
  { upTo: 100, receipts: () => [] },
];

export function createSinkProvider(store: SinkStore): SmsProvider {
  return {
    name: 'sink',
    capabilities: { freeText: true, echoesReference: false, maxParts: 8, perSecond: 10_000 },
    async send(message: SmsMessage): Promise<SendOutcome> {
      const share = shareOf(message.reference);
      const behaviour = BEHAVIOURS.find(({ upTo }) => share < upTo);
      const providerMessageId = await store.keep(message, behaviour?.receipts(message.atMs) ?? []);
      return { status: 'accepted', providerMessageIds: [providerMessageId] };
    },
  };
}

function receipt(sequence: number, status: ReceiptStatus, dueAtMs: number): PlannedReceipt {
  return { sequence, status, dueAtMs };
}

/** 0 to 99, the same for the same reference (FNV-1a). */
function shareOf(reference: string): number {
  let hash = 0x811c9dc5;
  for (const character of reference) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0;
  return hash % 100;
}
