/** Carriers' ids come again: which notice a receipt ends, and what is told where nobody can know. */
import { describe, expect, test } from '@jest/globals';
import { keepReceipts } from '../../../src/activities/messaging/callbackKeeping';
import { recordReceipts, type ToldReceipt } from '../../../src/db/messaging/delivery/receipts';
import { readReceiptTroubles } from '../../../src/db/messaging/delivery/receiptTroubles';
import { recordStatusInquiry } from '../../../src/db/messaging/delivery/statusInquiries';
import { markOutcome, readNotice } from '../../../src/db/messaging/outbox/notices';
import { type Client, inTransaction } from '../../../src/db/transaction';
import { RECEIPT_WINDOW_MS } from '../../../src/domain/messaging/delivery/receiptBelonging';
import { DAY_MS, MINUTE_MS, NOW_MS, TENANT, useDatabase } from '../testDatabase';
import { attemptedNotice } from './sentNotices';

const database = useDatabase();
const run = <Result>(work: (client: Client) => Promise<Result>) => inTransaction(database.pool, work);
let lanes = 0;

/** A notice that is attempted, and not answered yet. */
async function attempted(atMs = NOW_MS, provider = 'carrier'): Promise<string> {
  lanes += 1;
  const { noticeId } = await attemptedNotice(run, { lane: lanes, atMs, provider });
  return noticeId;
}

/** The carrier's answer to it. */
const accept = (noticeId: string, id: string, { session, atMs = NOW_MS }: { session?: string; atMs?: number } = {}) =>
  run((client) =>
    markOutcome(client, {
      tenantId: TENANT,
      noticeId,
      attempt: 1,
      provider: 'carrier',
      atMs,
      outcome: { status: 'accepted', providerMessageIds: [id], nextLookAtMs: atMs + 3 * DAY_MS, session },
    }),
  );

const sent = async (id: string, more: { session?: string; atMs?: number } = {}) => {
  const noticeId = await attempted(more.atMs);
  await accept(noticeId, id, more);
  return noticeId;
};

const receive = (providerMessageId: string, more: Partial<ToldReceipt> = {}) => {
  const status = more.status ?? 'delivered';
  const receivedAtMs = more.receivedAtMs ?? NOW_MS + MINUTE_MS;
  const receipt: ToldReceipt = {
    providerMessageId,
    status,
    receivedAtMs,
    body: {},
    receiptKey: `${providerMessageId}/${status}/${receivedAtMs}`,
    ...more,
  };
  return run(async (client) => {
    const [result] = await recordReceipts(client, { tenantId: TENANT, provider: 'carrier', receipts: [receipt] });
    return result;
  });
};

const statusOf = async (noticeId: string) => (await readNotice(database.pool, { tenantId: TENANT, noticeId }))?.status;

const troublesOf = async (id: string) =>
  (await readReceiptTroubles(database.pool, { tenantId: TENANT, sinceMs: 0, limit: 100 }))
    .filter(({ providerMessageId }) => providerMessageId === id)
    .map(({ reason }) => reason);

describe('a receipt that was kept before the attempt', () => {
  test('does not end it, though the carrier gave its id again; the attempt´s own receipt does', async () => {
    await receive('again', { receivedAtMs: NOW_MS - 2 * DAY_MS });
    const noticeId = await sent('again');
    expect(await statusOf(noticeId)).toBe('accepted');
    expect(await receive('again')).toMatchObject({ movedNoticeId: noticeId });
    expect(await statusOf(noticeId)).toBe('delivered');
  });

  test('does not end it either when it came a moment before, by whatever clock', async () => {
    for (const receivedAtMs of [NOW_MS - 1, NOW_MS, NOW_MS + MINUTE_MS]) {
      const id = `moment-${receivedAtMs}`;
      await receive(id, { receivedAtMs });
      const noticeId = await sent(id);
      expect([id, await statusOf(noticeId)]).toEqual([id, 'accepted']);
    }
  });

  test('does not end it, and one that overtakes the answer does', async () => {
    await receive('overtakes', { receivedAtMs: NOW_MS - 1, status: 'undelivered' });
    const noticeId = await attempted();
    await receive('overtakes', { receivedAtMs: NOW_MS + 5 });
    await accept(noticeId, 'overtakes');
    expect(await statusOf(noticeId)).toBe('delivered');
  });
});

describe('an id that was given again', () => {
  test('after the time for receipts ends the notice of today, and the old one stays as it is', async () => {
    const old = await sent('weekly', { atMs: NOW_MS - 7 * DAY_MS });
    const today = await sent('weekly');
    expect(await receive('weekly')).toMatchObject({ movedNoticeId: today });
    expect([await statusOf(old), await statusOf(today)]).toEqual(['accepted', 'delivered']);
    expect(await troublesOf('weekly')).toEqual([]);
  });

  test('also with a receipt of the same words, which is no double after so long', async () => {
    const same = { receiptKey: 'same/DELIVRD' };
    const old = await sent('same', { atMs: NOW_MS - 7 * DAY_MS });
    await receive('same', { ...same, receivedAtMs: NOW_MS - 7 * DAY_MS + MINUTE_MS });
    const today = await sent('same');
    expect(await receive('same', same)).toEqual({ receipt: 'recorded', movedNoticeId: today });
    expect(await receive('same', same)).toEqual({ receipt: 'repeated', movedNoticeId: undefined });
    expect([await statusOf(old), await statusOf(today)]).toEqual(['delivered', 'delivered']);
  });

  test('within it is about the newer where the older has its end', async () => {
    const first = await sent('counter');
    await receive('counter', { receivedAtMs: NOW_MS + 1 });
    const second = await sent('counter', { atMs: NOW_MS + MINUTE_MS });
    await receive('counter', { status: 'undelivered', receivedAtMs: NOW_MS + 2 * MINUTE_MS });
    expect([await statusOf(first), await statusOf(second)]).toEqual(['delivered', 'undelivered']);
  });

  test('within it, to two that wait, ends neither and is told', async () => {
    const [first, second] = [await sent('twice'), await sent('twice')];
    expect(await receive('twice')).toEqual({ receipt: 'recorded', movedNoticeId: undefined, trouble: 'ambiguous' });
    expect([await statusOf(first), await statusOf(second)]).toEqual(['accepted', 'accepted']);
    expect(await troublesOf('twice')).toEqual(['ambiguous']);
  });

  test('and a receipt of words that came before it was given: a double, or not; told', async () => {
    const same = { receiptKey: 'double/DELIVRD' };
    await sent('double');
    await receive('double', same);
    const second = await sent('double', { atMs: NOW_MS + 2 * MINUTE_MS });
    expect(await receive('double', { ...same, receivedAtMs: NOW_MS + 3 * MINUTE_MS })).toMatchObject({
      receipt: 'repeated',
    });
    await receive('double', { ...same, receivedAtMs: NOW_MS + 4 * MINUTE_MS });
    expect(await statusOf(second)).toBe('accepted');
    expect(await troublesOf('double')).toEqual(['ambiguous']);
  });

  test('and its receipt before its answer, while another waits: told once the answer comes', async () => {
    const first = await sent('late-answer');
    const second = await attempted();
    await receive('late-answer');
    // Whose it is could not be known by then.
    expect(await statusOf(first)).toBe('delivered');
    await accept(second, 'late-answer');
    expect(await statusOf(second)).toBe('accepted');
  });
});

describe('sessions', () => {
  const [A, B, OTHER] = ['carrier.a', 'carrier.b', 'elsewhere.a'];

  test('that gave one id each end their own', async () => {
    const [ofA, ofB] = [await sent('s-1', { session: A }), await sent('s-1', { session: B })];
    expect(await receive('s-1', { session: B, status: 'undelivered' })).toMatchObject({ movedNoticeId: ofB });
    expect([await statusOf(ofA), await statusOf(ofB)]).toEqual(['accepted', 'undelivered']);
    expect(await receive('s-1', { session: A })).toMatchObject({ movedNoticeId: ofA });
  });

  test('that are told the same in one minute each end their own', async () => {
    const [ofA, ofB] = [await sent('s-2', { session: A }), await sent('s-2', { session: B })];
    const same = { receiptKey: 's-2/DELIVRD/2611250901' };
    for (const session of [A, B]) await receive('s-2', { ...same, session });
    expect([await statusOf(ofA), await statusOf(ofB)]).toEqual(['delivered', 'delivered']);
    expect(await receive('s-2', { ...same, session: A })).toMatchObject({ receipt: 'repeated' });
  });

  test('of one account bring receipts of each other, as carriers do it', async () => {
    const noticeId = await sent('s-3', { session: A });
    expect(await receive('s-3', { session: B })).toMatchObject({ movedNoticeId: noticeId });
  });

  test('of another account never do, and it is told', async () => {
    const noticeId = await sent('s-4', { session: A });
    expect(await receive('s-4', { session: OTHER })).toMatchObject({ trouble: 'other-session' });
    expect([await statusOf(noticeId), await troublesOf('s-4')]).toEqual(['accepted', ['other-session']]);
  });

  test('are told apart too where the receipt overtakes the answer', async () => {
    const [ofA, ofB] = [await attempted(), await attempted()];
    await receive('s-5', { session: B });
    await accept(ofA, 's-5', { session: OTHER });
    await accept(ofB, 's-5', { session: B });
    expect([await statusOf(ofA), await statusOf(ofB)]).toEqual(['accepted', 'delivered']);
  });

  test('whose receipt ended another´s notice before its own answer came: told', async () => {
    const ofA = await sent('s-6', { session: A });
    const ofB = await attempted();
    await receive('s-6', { session: B });
    await accept(ofB, 's-6', { session: B });
    expect([await statusOf(ofA), await statusOf(ofB)]).toEqual(['delivered', 'accepted']);
    expect(await troublesOf('s-6')).toEqual(['ambiguous']);
  });
});

describe('our own reference', () => {
  test('tells apart what ids do not', async () => {
    const [first, second] = [await sent('r-1'), await sent('r-1')];
    expect(await receive('r-1', { reference: `${second}.1` })).toMatchObject({ movedNoticeId: second });
    expect(await statusOf(first)).toBe('accepted');
  });

  test('that contradicts the id ends nothing, and is told', async () => {
    const [first, second] = [await sent('r-2'), await sent('r-3')];
    expect(await receive('r-2', { reference: `${second}.1` })).toMatchObject({ trouble: 'other-message' });
    expect([await statusOf(first), await statusOf(second)]).toEqual(['accepted', 'accepted']);
    expect(await troublesOf('r-2')).toEqual(['other-message']);
  });

  test('of another provider is nobody´s', async () => {
    const noticeId = await attempted(NOW_MS, 'another');
    await receive('r-5', { reference: `${noticeId}.1` });
    expect(await statusOf(noticeId)).toBe('attempted');
  });
});

test('a receipt that comes when its time is over moves nothing, and is told', async () => {
  const noticeId = await sent('late');
  const receivedAtMs = NOW_MS + RECEIPT_WINDOW_MS + 1;
  expect(await receive('late', { receivedAtMs })).toMatchObject({ trouble: 'too-late' });
  expect([await statusOf(noticeId), await troublesOf('late')]).toEqual(['accepted', ['too-late']]);
});

test('an inquiry ends the attempt that was asked about, whatever else has its id', async () => {
  const asked = await attempted();
  const result = {
    status: 'found',
    providerMessageIds: ['asked'],
    receipt: 'delivered',
    nextLookAtMs: NOW_MS,
  } as const;
  const doubt = { status: 'unknown', detail: 'no answer', nextLookAtMs: NOW_MS } as const;
  const ref = (noticeId: string) => ({ tenantId: TENANT, noticeId, attempt: 1, provider: 'carrier', atMs: NOW_MS });
  const [before, after] = [await sent('asked'), await attempted()];
  for (const noticeId of [asked, after])
    await run((client) => markOutcome(client, { ...ref(noticeId), outcome: doubt }));
  for (const noticeId of [asked, after])
    await run((client) => recordStatusInquiry(client, { ...ref(noticeId), result }));
  expect([await statusOf(asked), await statusOf(before), await statusOf(after)]).toEqual([
    'delivered',
    'accepted',
    'delivered',
  ]);
});

test('a push tells how many of its receipts are in doubt', async () => {
  const [first, second] = [await sent('p-1'), await sent('p-1')];
  const receipts = [{ providerMessageId: 'p-1', receiptKey: 'p-1/1', status: 'delivered', code: 'DELIVRD' } as const];
  const push = { provider: 'carrier', receipts, receivedAtMs: NOW_MS + 1 };
  expect(await keepReceipts({ pool: database.pool, tenantId: TENANT }, push)).toEqual({
    received: 1,
    applied: 0,
    repeated: 0,
    kept: 1,
    inDoubt: 1,
  });
  expect([await statusOf(first), await statusOf(second)]).toEqual(['accepted', 'accepted']);
});

test('no id is kept that is none', async () => {
  const noticeId = await attempted();
  await expect(accept(noticeId, ' ')).rejects.toThrow('message_has_an_id');
  await expect(receive('', { receiptKey: 'none' })).rejects.toThrow('message_has_an_id');
});
