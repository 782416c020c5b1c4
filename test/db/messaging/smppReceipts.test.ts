/** Sessions of one provider that are given the same ids: each receipt ends the notice of its own, over real connections. */
import { afterEach, expect, test } from '@jest/globals';
import { pino } from 'pino';
import type { SmsProvider } from '../../../src/adapters/sms/port';
import { readReceiptTroubles } from '../../../src/db/messaging/delivery/receiptTroubles';
import { markOutcome, readNotice } from '../../../src/db/messaging/outbox/notices';
import { type Client, inTransaction } from '../../../src/db/transaction';
import { createVault } from '../../../src/db/vault';
import { REAL_TIME } from '../../../src/domain/values/clock';
import { createSmsProviders } from '../../../src/platform/wiring/smsProviders';
import { FakeSmsc, type ReceiptScript } from '../../adapters/sms/smpp/smscServer';
import { DAY_MS, TENANT, useDatabase } from '../testDatabase';
import { attemptedNotice } from './sentNotices';

const database = useDatabase();
const run = <Result>(work: (client: Client) => Promise<Result>) => inTransaction(database.pool, work);
const vault = createVault({ keyId: 'test', key: Buffer.alloc(32, 7) });
const log: string[] = [];
const logger = pino({ level: 'trace' }, { write: (line: string) => void log.push(line) });

const opened: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

/** An SMSC that counts ids for each of its sessions. */
async function countingSmsc(): Promise<{ smsc: FakeSmsc; port: number }> {
  const smsc = new FakeSmsc();
  const counts = new Map<unknown, number>();
  smsc.onSubmit = (_submitted, { session, accept }) => {
    const count = (counts.get(session) ?? 0) + 1;
    counts.set(session, count);
    accept(String(count));
  };
  const port = await smsc.listen();
  opened.push(() => smsc.close());
  return { smsc, port };
}

/** A worker's session, and the SMSC's end of it. */
async function session({ smsc, port }: { smsc: FakeSmsc; port: number }, more: object = {}) {
  const before = new Set(smsc.sessions);
  const settings = {
    ...({ kind: 'smpp', name: 'smpp', host: '127.0.0.1', port, systemId: 'lender', password: 'not-real' } as const),
    sourceAddress: '10690000',
    ...more,
  };
  const parts = { pool: database.pool, vault, tenantId: TENANT, clock: REAL_TIME, logger };
  const [provider] = createSmsProviders([settings], parts) as [SmsProvider];
  opened.push(async () => provider.close?.());
  while (smsc.binds.length <= before.size) await new Promise((resolve) => setTimeout(resolve, 2));
  const end = [...smsc.sessions].find((each) => !before.has(each));
  return { provider, receipt: (script: ReceiptScript) => smsc.receipt(script, end) };
}

let notices = 0;

/** A notice that was sent by the session, as a sweep sends it; its id. */
async function send({ provider }: { provider: SmsProvider }): Promise<string> {
  notices += 1;
  const atMs = Date.now();
  const { noticeId, made } = await attemptedNotice(run, { lane: notices, atMs, provider: provider.name });
  const reference = made?.reference ?? '';
  const outcome = await provider.send({ reference, phone: '13800000000', text: '【示例消金】您好', atMs });
  if (outcome.status !== 'accepted') throw new Error(`not taken: ${JSON.stringify(outcome)}`);
  const accepted = { ...outcome, nextLookAtMs: atMs + DAY_MS, session: provider.session };
  const of = { tenantId: TENANT, noticeId, attempt: 1, provider: provider.name };
  await run((client) => markOutcome(client, { ...of, outcome: accepted, atMs }));
  return noticeId;
}

const statusOf = async (noticeId: string) => (await readNotice(database.pool, { tenantId: TENANT, noticeId }))?.status;
const troubles = async () =>
  (await readReceiptTroubles(database.pool, { tenantId: TENANT, sinceMs: 0, limit: 10 })).map(({ reason }) => reason);

test('two sessions that gave one id end each its own, and what is kept from before ends neither', async () => {
  const carrier = await countingSmsc();
  const [one, other] = [await session(carrier), await session(carrier)];
  // Of a message of another life of the SMSC, which counted from 1 as well.
  expect(await one.receipt({ id: '1', stat: 'UNDELIV' })).toBe(0);
  const [ofOne, ofOther] = [await send(one), await send(other)];
  expect([await statusOf(ofOne), await statusOf(ofOther)]).toEqual(['accepted', 'accepted']);
  expect(await other.receipt({ id: '1', stat: 'DELIVRD' })).toBe(0);
  expect([await statusOf(ofOne), await statusOf(ofOther)]).toEqual(['accepted', 'delivered']);
  expect(await one.receipt({ id: '1', stat: 'DELIVRD' })).toBe(0);
  expect(await statusOf(ofOne)).toBe('delivered');
  expect(await troubles()).toEqual([]);
});

test('a receipt comes on another session of the account, unless each counts for itself', async () => {
  const carrier = await countingSmsc();
  const [one, other] = [await session(carrier), await session(carrier)];
  const shared = await send(one);
  await other.receipt({ id: '1', stat: 'DELIVRD', err: '001' });
  expect(await statusOf(shared)).toBe('delivered');
  const counting = await countingSmsc();
  const [mine, theirs] = [
    await session(counting, { idsPerSession: true }),
    await session(counting, { idsPerSession: true }),
  ];
  const own = await send(mine);
  await theirs.receipt({ id: '1', stat: 'DELIVRD', err: '002' });
  expect([await statusOf(own), await troubles()]).toEqual(['accepted', ['other-session']]);
  expect(log.filter((line) => line.includes('receipts ambiguous'))).toHaveLength(1);
});
