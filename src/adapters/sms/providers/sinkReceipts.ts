/**
 * The other half of the `sink` provider: posts its receipts to our own callback when they are due, signed as a gateway
 * would sign them. Part of the stand-in, not of the system.
 */
import type { ReceiptStatus } from '../port';
import { receiptSecretOf, signReceipts } from '../receiptSignature';

interface DueReceipt {
  messageId: string;
  sequence: number;
  status: ReceiptStatus;
  dueAtMs: number;
}

export interface SinkReceiptStore {
  due(asOfMs: number, limit: number): Promise<DueReceipt[]>;
  markIssued(receipts: DueReceipt[]): Promise<void>;
}

export interface SinkReceiptOptions {
  store: SinkReceiptStore;
  callbackUrl: string;
  /** The deployment's, which the sink's own is derived from. */
  secret: string;
  /** Business time. */
  now(): number;
  /** Real time, which the signature says; absent: this machine's. */
  realNow?(): number;
  /** Real milliseconds between looks. */
  everyMs: number;
  onError(error: unknown): void;
}

const BATCH = 500;
const PROVIDER = 'sink';

/** Posts what is due, again and again until stopped. A failed post is tried again: receipts may come twice. */
export function startSinkReceipts(options: SinkReceiptOptions): { stop(): Promise<void> } {
  let isStopping = false;
  let wake = () => {};
  const pause = () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, options.everyMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const run = async () => {
    while (!isStopping) {
      try {
        if ((await postDue(options)) < BATCH) await pause();
      } catch (error) {
        options.onError(error);
        await pause();
      }
    }
  };
  const running = run();
  return {
    async stop() {
      isStopping = true;
      wake();
      await running;
    },
  };
}

/** Posts one batch of due receipts; returns how many. */
export async function postDue({
  store,
  callbackUrl,
  secret,
  now,
  realNow = Date.now,
}: SinkReceiptOptions): Promise<number> {
  const due = await store.due(now(), BATCH);
  if (due.length === 0) return 0;
  const body = JSON.stringify(
    due.map(({ messageId, sequence, status, dueAtMs }) => ({
      providerMessageId: messageId,
      sequence,
      status,
      atMs: dueAtMs,
    })),
  );
  const signature = signReceipts(receiptSecretOf(secret, PROVIDER), { provider: PROVIDER, atMs: realNow(), body });
  const response = await fetch(callbackUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...signature },
    body,
  });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`the receipt callback answered ${response.status}`);
  await store.markIssued(due);
  return due.length;
}
