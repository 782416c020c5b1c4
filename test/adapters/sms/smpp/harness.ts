/** A provider against a fake SMSC, both closed after the test. */
import { afterEach } from '@jest/globals';
import type { InboundText, ProviderReceipt, SmsMessage } from '../../../../src/adapters/sms/port';
import type { SmppOptions } from '../../../../src/adapters/sms/providers/smpp/options';
import {
  createSmppProvider,
  type SmppHandlers,
  type SmppProvider,
} from '../../../../src/adapters/sms/providers/smpp/provider';
import { FakeSmsc } from './smscServer';

export const PHONE = '13800000000';
export const PASSWORD = 'not-real';

export interface Pair {
  smsc: FakeSmsc;
  provider: SmppProvider;
  receipts: ProviderReceipt[];
  texts: InboundText[];
  troubles: string[];
  port: number;
}

const opened: { close(): Promise<void> }[] = [];

afterEach(async () => {
  // The provider before its SMSC, so that it can unbind.
  for (const each of opened.splice(0).reverse()) await each.close();
});

export function closeAfterTest(each: { close(): Promise<void> }): void {
  opened.push(each);
}

/** Times are generous where nothing is to run out, so that a busy machine changes no outcome. */
export async function connectPair(
  options: Partial<SmppOptions> = {},
  handlers: Partial<SmppHandlers> = {},
  smsc = new FakeSmsc(),
): Promise<Pair> {
  const port = await smsc.listen();
  closeAfterTest(smsc);
  const receipts: ProviderReceipt[] = [];
  const texts: InboundText[] = [];
  const troubles: string[] = [];
  const provider = createSmppProvider(
    {
      host: '127.0.0.1',
      port,
      systemId: 'lender',
      password: PASSWORD,
      sourceAddress: '10690000',
      perSecond: 10_000,
      waitMs: 20_000,
      responseTimeoutMs: 20_000,
      reconnectFirstMs: 5,
      reconnectLongestMs: 20,
      ...options,
    },
    {
      onReceipt: async (receipt) => {
        receipts.push(receipt);
      },
      onInbound: async (text) => {
        texts.push(text);
      },
      onTrouble: (detail) => troubles.push(detail),
      ...handlers,
    },
  );
  closeAfterTest(provider);
  return { smsc, provider, receipts, texts, troubles, port };
}

let sent = 0;

export function message(text = '【示例消金】您好', reference = `notice.${++sent}`): SmsMessage {
  return { reference, phone: PHONE, text, atMs: 1_000 };
}

/** Polls until it holds; the test's own bound ends it otherwise. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
}
