/**
 * A provider in a test: keeps what it takes in the sink's table, as the `sink` provider does, and notes each call with
 * the server's own time. A test says how it answers.
 */
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { Pool } from 'pg';
import type { SendOutcome, SmsMessage, SmsProvider } from '../../src/adapters/sms/port';
import type { PlannedReceipt } from '../../src/adapters/sms/providers/sink';
import { createVault } from '../../src/db/vault';
import { createSinkStore } from '../../src/platform/wiring/sinkStores';
import { TENANT } from './deployment';

export interface Call {
  message: SmsMessage;
  /** When it really was called, whatever instant the sweep was made for. */
  calledAtMs: number;
}

/** Answers a call; `keep` is the carrier taking the message. */
export type Answering = (
  message: SmsMessage,
  keep: (receipts?: PlannedReceipt[]) => Promise<SendOutcome>,
) => Promise<SendOutcome>;

export class Carrier {
  readonly calls: Call[] = [];
  /** Set by the test once there is a server whose time can be asked. */
  env: TestWorkflowEnvironment | undefined;
  answering: Answering = (_message, keep) => keep();

  /** For `DeploymentOptions.provider`. */
  readonly provider = (pool: Pool): SmsProvider => {
    const store = createSinkStore(pool, createVault({ keyId: 'test', key: Buffer.alloc(32, 7) }), TENANT);
    return {
      name: 'sink',
      capabilities: { freeText: true, echoesReference: false, maxParts: 8, perSecond: 1_000 },
      send: async (message) => {
        this.calls.push({ message, calledAtMs: (await this.env?.currentTimeMs()) ?? message.atMs });
        return this.answering(message, async (receipts = []) => ({
          status: 'accepted',
          providerMessageIds: [await store.keep(message, receipts)],
        }));
      },
    };
  };

  get texts(): string[] {
    return this.calls.map(({ message }) => message.text);
  }
}

/** A provider that takes everything and says nothing more; what it took is in `sent`. */
export function takingCarrier(): { carrier: SmsProvider; sent: SmsMessage[] } {
  const sent: SmsMessage[] = [];
  const carrier: SmsProvider = {
    name: 'carrier',
    capabilities: { freeText: true, echoesReference: true, maxParts: 8, perSecond: 1_000 },
    async send(message) {
      sent.push(message);
      return { status: 'accepted', providerMessageIds: [message.reference] };
    },
  };
  return { carrier, sent };
}
