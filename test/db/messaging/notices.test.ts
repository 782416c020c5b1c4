/** The outbox: planned once, claimed in order, attempted once, ended for good. */
import { describe, expect, test } from '@jest/globals';
import { recordReceipts, type ToldReceipt } from '../../../src/db/messaging/delivery/receipts';
import {
  cancelNotice,
  cancelPlanned,
  claimDue,
  deferNotice,
  endInterrupted,
  listNotices,
  markOutcome,
  nextDue,
  pastPromises,
  planNotices,
  readNotice,
} from '../../../src/db/messaging/outbox/notices';
import { type Client, inTransaction } from '../../../src/db/transaction';
import type { PastPromise, PlannedNotice } from '../../../src/domain/messaging/outbox/notices';
import { markAttempted, recordReceipt } from '../../support/ofOne';
import { DAY_MS, MINUTE_MS, NOW_MS, openAccount, TENANT, useDatabase } from '../testDatabase';

const database = useDatabase();
const run = <Result>(work: (client: Client) => Promise<Result>) => inTransaction(database.pool, work);
let lanes = 0;

const planned = (dedupeKey: string, changes: Partial<PlannedNotice> = {}): PlannedNotice => ({
  kind: 'due-soon',
  dedupeKey,
  obligationKey: 'instalment-1',
  sendAfterMs: NOW_MS,
  expiresAtMs: NOW_MS + DAY_MS,
  priority: 3,
  ...changes,
});

/** An account with planned notices, in a lane of its own. */
async function planFor(notices: PlannedNotice[]) {
  lanes += 1;
  const lane = lanes;
  const ref = await run((client) => openAccount(client, `notices-${lane}`));
  const borrowerId = `${ref.accountId}-borrower`;
  const plan = (more: PlannedNotice[]) =>
    run((client) => planNotices(client, { ...ref, borrowerId, lane, notices: more }));
  const count = await plan(notices);
  const claim = (asOfMs = NOW_MS, limit = 10) =>
    run((client) => claimDue(client, { tenantId: TENANT, lane, asOfMs, limit }));
  return { ref, borrowerId, lane, plan, count, claim };
}

const LOOK_MS = NOW_MS + 3 * DAY_MS;
const REFUSED = {
  status: 'refused',
  failure: 'bad-address',
  code: 'E1',
  detail: 'no such number',
  sendAgainAtMs: undefined,
} as const;

const attempt = (noticeId: string, atMs = NOW_MS) =>
  run((client) =>
    markAttempted(client, {
      tenantId: TENANT,
      noticeId,
      provider: 'sink',
      templateVersion: 1,
      text: 'text',
      parts: 1,
      atMs,
    }),
  );

const accept = (noticeId: string, providerMessageId: string) =>
  run((client) =>
    markOutcome(client, {
      tenantId: TENANT,
      noticeId,
      attempt: 1,
      provider: 'sink',
      outcome: { status: 'accepted', providerMessageIds: [providerMessageId], nextLookAtMs: LOOK_MS },
      atMs: NOW_MS,
    }),
  );

const receive = (providerMessageId: string, status: 'delivered' | 'undelivered', sequence = 1) =>
  run((client) =>
    recordReceipt(client, {
      tenantId: TENANT,
      provider: 'sink',
      providerMessageId,
      receiptKey: `${providerMessageId}/${sequence}`,
      status,
      receivedAtMs: NOW_MS + sequence * MINUTE_MS,
      body: { sequence },
    }),
  );

const statusOf = async (noticeId: string) => (await readNotice(database.pool, { tenantId: TENANT, noticeId }))?.status;

async function oneNotice(): Promise<string> {
  const { claim } = await planFor([planned('only')]);
  const [notice] = await claim();
  if (!notice) throw new Error('the notice is due');
  return notice.noticeId;
}

const sorted = (promises: PastPromise[]) => promises.sort((a, b) => (a.dedupeKey < b.dedupeKey ? -1 : 1));

describe('planning', () => {
  test('plans a promise once, whatever became of it', async () => {
    const { ref, count, plan } = await planFor([planned('a'), planned('b')]);
    expect(count).toBe(2);
    expect(await plan([planned('a', { priority: 0 }), planned('c')])).toBe(1);
    expect(await run((client) => cancelPlanned(client, { ...ref, reason: 'paid', atMs: NOW_MS }))).toBe(3);
    expect(await plan([planned('a')])).toBe(0);
    const isPaidAway = true;
    expect(sorted(await pastPromises(database.pool, ref))).toEqual(
      ['a', 'b', 'c'].map((dedupeKey) => ({ dedupeKey, isPaidAway })),
    );
  });

  test('takes back what is about obligations that are met, and nothing else', async () => {
    const { ref } = await planFor([
      planned('about-1'),
      planned('about-2', { obligationKey: 'instalment-2' }),
      planned('about-all', { obligationKey: undefined }),
    ]);
    const cancel = { ...ref, reason: 'paid', atMs: NOW_MS } as const;
    await run((client) => cancelPlanned(client, { ...cancel, keepObligationKeys: ['instalment-2'] }));
    const statuses = async () =>
      Object.fromEntries((await listNotices(database.pool, ref)).map(({ dedupeKey, status }) => [dedupeKey, status]));
    expect(await statuses()).toEqual({ 'about-1': 'cancelled', 'about-2': 'planned', 'about-all': 'planned' });
    await run((client) => cancelPlanned(client, { ...cancel, obligationKeys: ['instalment-2'] }));
    expect(await statuses()).toMatchObject({ 'about-2': 'cancelled', 'about-all': 'planned' });
    // When nothing is owed any more, what is about the account as a whole still stands: it was settled, say.
    await run((client) => cancelPlanned(client, { ...cancel, keepObligationKeys: [] }));
    expect(await statuses()).toMatchObject({ 'about-all': 'planned' });
    expect(sorted(await pastPromises(database.pool, { ...ref, obligationKeys: ['instalment-2'] }))).toEqual([
      { dedupeKey: 'about-2', isPaidAway: true },
      { dedupeKey: 'about-all', isPaidAway: false },
    ]);
  });
});

describe('claiming', () => {
  test('takes what is due, the most important first, then the longest due', async () => {
    const { claim, lane } = await planFor([
      planned('courtesy', { priority: 3, sendAfterMs: NOW_MS - 9 }),
      planned('overdue-late', { priority: 2, sendAfterMs: NOW_MS }),
      planned('overdue-early', { priority: 2, sendAfterMs: NOW_MS - 5 }),
      planned('statutory', { priority: 0, sendAfterMs: NOW_MS }),
      planned('tomorrow', { priority: 0, sendAfterMs: NOW_MS + DAY_MS }),
    ]);
    expect((await claim()).map(({ dedupeKey }) => dedupeKey)).toEqual([
      'statutory',
      'overdue-early',
      'overdue-late',
      'courtesy',
    ]);
    expect(await claim(NOW_MS, 1)).toHaveLength(1);
    expect(await nextDue(database.pool, { tenantId: TENANT, lane })).toBe(NOW_MS - 9);
    expect(await nextDue(database.pool, { tenantId: TENANT, lane: 999 })).toBeUndefined();
  });

  test('lets only one of two who attempt a notice send it', async () => {
    const noticeId = await oneNotice();
    const results = await Promise.all([attempt(noticeId), attempt(noticeId), attempt(noticeId)]);
    expect(results.filter(Boolean)).toHaveLength(1);
  });

  test('leaves a notice that was put off until its time', async () => {
    const { claim } = await planFor([planned('later')]);
    const [notice] = await claim();
    const noticeId = notice?.noticeId ?? '';
    expect(await run((client) => deferNotice(client, { tenantId: TENANT, noticeId, sendAfterMs: NOW_MS + 5 }))).toBe(
      true,
    );
    expect(await claim()).toEqual([]);
    expect(await claim(NOW_MS + 5)).toHaveLength(1);
  });
});

describe('the life of a notice', () => {
  const ENDS: [string, (noticeId: string) => Promise<unknown>][] = [
    ['delivered', async (id) => [await attempt(id), await accept(id, id), await receive(id, 'delivered')]],
    ['undelivered', async (id) => [await attempt(id), await accept(id, id), await receive(id, 'undelivered')]],
    [
      'refused',
      async (id) => {
        await attempt(id);
        const refusal = {
          tenantId: TENANT,
          noticeId: id,
          attempt: 1,
          provider: 'sink',
          outcome: REFUSED,
          atMs: NOW_MS,
        };
        await run((client) => markOutcome(client, refusal));
      },
    ],
    [
      'cancelled',
      (id) => run((client) => cancelNotice(client, { tenantId: TENANT, noticeId: id, reason: 'paid', atMs: NOW_MS })),
    ],
  ];

  test.each(ENDS)('%s is its end', async (end, bring) => {
    const noticeId = await oneNotice();
    await bring(noticeId);
    expect(await statusOf(noticeId)).toBe(end);
    for (const status of ['planned', 'attempted', 'accepted', 'delivered', 'unknown', 'cancelled']) {
      if (status === end) continue;
      const change = database.owner.query(
        `update notice set status = $2, cancel_reason = 'paid' where notice_id = $1`,
        [noticeId, status],
      );
      await expect(change).rejects.toThrow(`is ${end} for good`);
    }
    expect(await attempt(noticeId)).toBeUndefined();
    expect(await accept(noticeId, 'other')).toBe(false);
    await receive(noticeId, 'delivered', 7);
    expect(await statusOf(noticeId)).toBe(end);
  });

  test('never leads from an attempt back to planned', async () => {
    const noticeId = await oneNotice();
    await attempt(noticeId);
    const replan = () => database.owner.query(`update notice set status = 'planned' where notice_id = $1`, [noticeId]);
    await expect(replan()).rejects.toThrow(/was attempted/);
    await accept(noticeId, `${noticeId}-m`);
    await expect(replan()).rejects.toThrow(/was attempted/);
    const again = `update notice set status = 'attempted' where notice_id = $1`;
    await expect(database.owner.query(again, [noticeId])).rejects.toThrow(/is accepted already/);
  });

  test('an interrupted attempt is unknown and not sent again; a late answer and a receipt still tell', async () => {
    const { claim, lane } = await planFor([planned('interrupted')]);
    const noticeId = (await claim())[0]?.noticeId ?? '';
    await attempt(noticeId, NOW_MS);
    const end = (attemptedBeforeMs: number) =>
      run((client) =>
        endInterrupted(client, { tenantId: TENANT, lane, attemptedBeforeMs, atMs: NOW_MS, nextLookAtMs: LOOK_MS }),
      );
    expect(await end(NOW_MS)).toBe(0);
    expect(await end(NOW_MS + 1)).toBe(1);
    expect(await statusOf(noticeId)).toBe('unknown');
    expect(await claim(NOW_MS + DAY_MS)).toEqual([]);
    await accept(noticeId, 'interrupted-m');
    expect(await statusOf(noticeId)).toBe('accepted');
    expect((await receive('interrupted-m', 'delivered')).movedNoticeId).toBe(noticeId);
  });
});

describe('receipts', () => {
  test('that are doubled are kept once, and a later one changes nothing', async () => {
    const noticeId = await oneNotice();
    await attempt(noticeId);
    await accept(noticeId, 'doubled');
    expect(await receive('doubled', 'delivered')).toEqual({ receipt: 'recorded', movedNoticeId: noticeId });
    expect(await receive('doubled', 'delivered')).toEqual({ receipt: 'repeated', movedNoticeId: undefined });
    expect(await receive('doubled', 'undelivered', 2)).toEqual({ receipt: 'recorded', movedNoticeId: undefined });
    expect(await statusOf(noticeId)).toBe('delivered');
    const { rows } = await database.owner.query(
      `select status from receipt where provider_message_id = 'doubled' order by receipt_key`,
    );
    expect(rows).toEqual([{ status: 'delivered' }, { status: 'undelivered' }]);
  });

  test('that overtake the answer are applied with it', async () => {
    const noticeId = await oneNotice();
    await attempt(noticeId);
    expect(await receive('overtaking', 'delivered')).toEqual({ receipt: 'recorded', movedNoticeId: undefined });
    expect(await statusOf(noticeId)).toBe('attempted');
    await accept(noticeId, 'overtaking');
    expect(await statusOf(noticeId)).toBe('delivered');
  });

  test('and answers that come at the same moment do not miss each other', async () => {
    for (let round = 0; round < 15; round += 1) {
      const noticeId = await oneNotice();
      await attempt(noticeId);
      await Promise.all([accept(noticeId, `race-${round}`), receive(`race-${round}`, 'delivered')]);
      expect(await statusOf(noticeId)).toBe('delivered');
    }
  });

  test('find the notice by our own reference when the answer was lost', async () => {
    const noticeId = await oneNotice();
    await attempt(noticeId);
    const receipt = { tenantId: TENANT, provider: 'sink', providerMessageId: 'lost', receiptKey: 'lost/1' } as const;
    const told = {
      ...receipt,
      status: 'delivered',
      receivedAtMs: NOW_MS,
      body: {},
      reference: `${noticeId}.1`,
    } as const;
    expect((await run((client) => recordReceipt(client, told))).movedNoticeId).toBe(noticeId);
  });

  describe('that come together', () => {
    const told = (providerMessageId: string, status: ToldReceipt['status'], more: Partial<ToldReceipt> = {}) => ({
      providerMessageId,
      status,
      receiptKey: `${providerMessageId}/${status}`,
      receivedAtMs: NOW_MS,
      body: {},
      ...more,
    });
    const receiveAll = (receipts: ToldReceipt[]) =>
      run((client) => recordReceipts(client, { tenantId: TENANT, provider: 'sink', receipts }));
    const sent = async (...providerMessageIds: [string, ...string[]]) => {
      const noticeId = await oneNotice();
      await attempt(noticeId);
      const outcome = { status: 'accepted', providerMessageIds, nextLookAtMs: LOOK_MS } as const;
      const ref = { tenantId: TENANT, noticeId, attempt: 1, provider: 'sink' };
      await run((client) => markOutcome(client, { ...ref, outcome, atMs: NOW_MS }));
      return noticeId;
    };
    const moved = (movedNoticeId?: string) => ({ receipt: 'recorded', movedNoticeId });

    test('are each kept once, in whatever order, and each end is told once', async () => {
      const [first, second] = [await sent('together-1'), await sent('together-2')];
      const results = await receiveAll([
        told('together-2', 'pending'),
        told('together-1', 'delivered'),
        told('together-1', 'delivered'),
        told('together-1', 'undelivered', { receivedAtMs: NOW_MS + 1 }),
        told('together-2', 'undelivered'),
        told('nobody-knows', 'delivered'),
      ]);
      const repeated = { receipt: 'repeated', movedNoticeId: undefined };
      expect(results).toEqual([moved(), moved(first), repeated, moved(), moved(second), moved()]);
      expect([await statusOf(first), await statusOf(second)]).toEqual(['delivered', 'undelivered']);
    });

    test('end a text in parts by all of its parts', async () => {
      const [whole, broken, half] = [
        await sent('whole-1', 'whole-2'),
        await sent('broken-1', 'broken-2'),
        await sent('half-1', 'half-2'),
      ];
      const results = await receiveAll([
        told('whole-1', 'delivered'),
        told('broken-1', 'delivered'),
        told('half-1', 'delivered'),
        told('whole-2', 'delivered', { receivedAtMs: NOW_MS + 1 }),
        told('broken-2', 'undelivered', { receivedAtMs: NOW_MS + 2 }),
      ]);
      expect(results.map(({ movedNoticeId }) => movedNoticeId)).toEqual([
        undefined,
        undefined,
        undefined,
        whole,
        broken,
      ]);
      expect(await Promise.all([whole, broken, half].map(statusOf))).toEqual(['delivered', 'undelivered', 'accepted']);
      const { outcomeAtMs } = (await readNotice(database.pool, { tenantId: TENANT, noticeId: whole })) ?? {};
      expect(outcomeAtMs).toBe(NOW_MS + 1);
    });

    test('find attempts by our references, and of two attempts of one notice the first to arrive ends it', async () => {
      const noticeId = await oneNotice();
      await attempt(noticeId);
      const refusal = { ...REFUSED, failure: 'transient', sendAgainAtMs: NOW_MS } as const;
      const ref = { tenantId: TENANT, noticeId, attempt: 1, provider: 'sink' };
      await run((client) => markOutcome(client, { ...ref, outcome: refusal, atMs: NOW_MS }));
      await attempt(noticeId, NOW_MS + 1);
      const results = await receiveAll([
        told('second-try', 'delivered', { reference: `${noticeId}.2` }),
        told('first-try', 'undelivered', { reference: `${noticeId}.1` }),
      ]);
      // The first was refused for good: what is told of it later is kept and moves nothing.
      expect(results).toEqual([moved(noticeId), moved()]);
      expect(await statusOf(noticeId)).toBe('delivered');
    });
  });
});
