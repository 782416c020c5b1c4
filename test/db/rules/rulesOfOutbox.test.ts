/** Rules of the outbox of notices that a statement decides too: it and the domain say the same of random rows. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { countWaitingNotices } from '../../../src/db/credit/paceChecks';
import { readMissedNotices } from '../../../src/db/credit/runChecks';
import { claimStatusInquiries } from '../../../src/db/messaging/delivery/statusInquiries';
import { claimWakeUp, noteNextDue } from '../../../src/db/messaging/outbox/lanes';
import {
  cancelPlanned,
  claimDue,
  countMoreImportant as countInDatabase,
  listNotices,
  nextDue,
  pastPromises,
  planNotices,
  resumePausedNotices,
} from '../../../src/db/messaging/outbox/notices';
import type { Client } from '../../../src/db/transaction';
import { needsWaking } from '../../../src/domain/messaging/outbox/lanes';
import type { CancelReason, NoticeStatus } from '../../../src/domain/messaging/outbox/notices';
import {
  countMoreImportant,
  dueLooks,
  dueNotices,
  isMissed,
  isPaidAway,
  isPausedByIncident,
  isTakenBack,
  newlyPlanned,
  nextLaneLookAtMs,
  nextNoticeAtMs,
  type OutboxNotice,
} from '../../../src/domain/messaging/outbox/outbox';
import { LANE, NOW_MS, TENANT, useDatabase } from '../testDatabase';
import { compareOn, numbered, put, useLooseTables, uuidOf } from './randomRows';

const database = useDatabase();
useLooseTables(database, ['notice', 'notice_attempt', 'notice_lane']);

const STATUSES: NoticeStatus[] = [
  ...(['planned', 'attempted', 'accepted', 'delivered', 'undelivered', 'refused', 'unknown', 'cancelled'] as const),
];
const REASONS: CancelReason[] = [
  ...(['paid', 'minimum-met', 'too-small', 'settled', 'superseded', 'expired', 'written-off', 'disputed'] as const),
];
const KEYS = ['instalment-1', 'instalment-2', 'instalment-3'];

/** Few instants, so that bounds are met. */
const instant = fc.integer({ min: -2, max: 2 }).map((step) => NOW_MS + step);
const status = fc.oneof(fc.constant<NoticeStatus>('planned'), fc.constantFrom(...STATUSES));
const notice = fc.record({
  lane: fc.constantFrom(LANE, LANE, 1),
  status,
  priority: fc.integer({ min: 0, max: 3 }),
  sendAfterMs: instant,
  expiresAtMs: instant,
  obligationKey: fc.option(fc.constantFrom(...KEYS), { freq: 2 }),
  putOffReason: fc.option(fc.constantFrom('incident', 'held')),
  nextLookAtMs: fc.option(instant),
  accountId: fc.constantFrom('one', 'other'),
  cancelReason: fc.constantFrom(...REASONS),
});
type Drawn = OutboxNotice & { accountId: string; lane: number; cancelReason: CancelReason | null };
const notices = fc.array(notice, { maxLength: 20 }).map((drawn) =>
  numbered(drawn).map(({ index, ...each }): Drawn => {
    return { ...each, noticeId: uuidOf(index), cancelReason: each.status === 'cancelled' ? each.cancelReason : null };
  }),
);

async function keep(client: Client, drawn: readonly Drawn[]): Promise<void> {
  await put(
    client,
    'notice',
    drawn.map((each) => ({
      tenant_id: TENANT,
      notice_id: each.noticeId,
      borrower_id: `of-${each.accountId}`,
      account_id: each.accountId,
      kind: 'due-soon',
      dedupe_key: each.noticeId,
      lane: each.lane,
      status: each.status,
      priority: each.priority,
      send_after_at_ms: each.sendAfterMs,
      expires_at_ms: each.expiresAtMs,
      obligation_key: each.obligationKey,
      put_off_reason: each.putOffReason,
      next_look_at_ms: each.nextLookAtMs,
      cancel_reason: each.cancelReason,
    })),
  );
}

const idsOf = (rows: readonly { noticeId: string }[]) => rows.map(({ noticeId }) => noticeId);
const ofLane = (drawn: readonly Drawn[]) => drawn.filter(({ lane }) => lane === LANE);
const limits = fc.integer({ min: 1, max: 6 });

describe('not in the plan', () => {
  const keys = fc.option(fc.subarray(KEYS), { nil: undefined, freq: 2 });

  it('is what the domain takes back, and nothing else', () =>
    compareOn(
      database,
      fc.record({ drawn: notices, obligationKeys: keys, keepObligationKeys: keys }),
      async (client, { drawn, ...which }) => {
        await keep(client, drawn);
        const ofAccount = drawn.filter(({ accountId }) => accountId === 'one');
        const said = ofAccount.filter((each) => isTakenBack(each, which));
        const ref = { tenantId: TENANT, accountId: 'one' };
        expect(await cancelPlanned(client, { ...ref, ...which, reason: 'restructured', atMs: NOW_MS })).toBe(
          said.length,
        );
        const after = await listNotices(client, ref);
        const cancelled = after.filter(({ cancelReason }) => cancelReason === 'restructured');
        expect(idsOf(cancelled).sort()).toEqual(idsOf(said).sort());
      },
      60,
    ));

  it('promises are planned once, whatever became of them, and those that were paid away are known as such', () =>
    compareOn(
      database,
      fc.record({ drawn: notices, wanted: fc.array(fc.integer({ min: 0, max: 25 }).map(uuidOf), { maxLength: 12 }) }),
      async (client, { drawn, wanted }) => {
        await keep(client, drawn);
        const ofAccount = drawn.filter(({ accountId }) => accountId === 'one');
        const ref = { tenantId: TENANT, accountId: 'one' };
        const planned = wanted.map((dedupeKey) => ({
          dedupeKey,
          kind: 'due-soon' as const,
          obligationKey: KEYS[0],
          priority: 3,
          sendAfterMs: NOW_MS,
          expiresAtMs: NOW_MS,
        }));
        expect(await pastPromises(client, ref)).toEqual(
          expect.arrayContaining(
            ofAccount.map(({ noticeId, cancelReason }) => ({
              dedupeKey: noticeId,
              isPaidAway: isPaidAway(cancelReason),
            })),
          ),
        );
        const asked = await pastPromises(client, { ...ref, obligationKeys: KEYS.slice(0, 1) });
        const about = ofAccount.filter(({ obligationKey }) => obligationKey === null || obligationKey === KEYS[0]);
        expect(asked.map(({ dedupeKey }) => dedupeKey).sort()).toEqual(idsOf(about).sort());
        const said = newlyPlanned(planned, idsOf(ofAccount)).map(({ dedupeKey }) => dedupeKey);
        const count = await planNotices(client, { ...ref, borrowerId: 'of-one', lane: LANE, notices: planned });
        expect(count).toBe(said.length);
        const keys = (await listNotices(client, ref)).map(({ dedupeKey }) => dedupeKey);
        expect(keys.sort()).toEqual([...idsOf(ofAccount), ...said].sort());
      },
    ));
});

describe('a lane', () => {
  it('finds due what the domain finds due, in its order, and sleeps as long', () =>
    compareOn(database, fc.record({ drawn: notices, limit: limits }), async (client, { drawn, limit }) => {
      await keep(client, drawn);
      await put(
        client,
        'notice_attempt',
        drawn.map(({ noticeId }) => ({
          tenant_id: TENANT,
          notice_id: noticeId,
          attempt: 1,
          provider: 'p',
          reference: noticeId,
          status: 'unknown',
          attempted_at_ms: NOW_MS,
        })),
      );
      const at = { tenantId: TENANT, lane: LANE, asOfMs: NOW_MS, limit };
      expect(idsOf(await claimDue(client, at))).toEqual(idsOf(dueNotices(ofLane(drawn), at)));
      expect(idsOf(await claimStatusInquiries(client, at)).sort()).toEqual(idsOf(dueLooks(ofLane(drawn), at)).sort());
      expect(await nextDue(client, at)).toBe(nextNoticeAtMs(ofLane(drawn)));
      expect(await noteNextDue(client, at)).toBe(nextLaneLookAtMs(ofLane(drawn)));
    }));

  it('has as due what an incident put off, once it is over', () =>
    compareOn(database, notices, async (client, drawn) => {
      await keep(client, drawn);
      const said = drawn.filter((each) => isPausedByIncident(each, NOW_MS));
      expect(await resumePausedNotices(client, { tenantId: TENANT, atMs: NOW_MS })).toBe(said.length);
      const { rows } = await client.query<{ noticeId: string; atMs: number }>(
        'select notice_id as "noticeId", send_after_at_ms as "atMs" from notice order by notice_id',
      );
      const moved = idsOf(said);
      expect(rows).toEqual(
        drawn.map(({ noticeId, sendAfterMs }) => ({ noticeId, atMs: moved.includes(noticeId) ? NOW_MS : sendAfterMs })),
      );
    }));

  it('is woken when the domain says that it has to be', () => {
    const lane = fc.option(fc.record({ isRung: fc.boolean(), nextDueAtMs: fc.option(instant) }), { nil: undefined });
    return compareOn(
      database,
      fc.record({ lane, dueAtMs: instant, asOfMs: instant }),
      async (client, { lane: sleeping, ...due }) => {
        if (sleeping) {
          const { isRung: rung, nextDueAtMs } = sleeping;
          await put(client, 'notice_lane', [{ tenant_id: TENANT, lane: LANE, rung, next_due_at_ms: nextDueAtMs }]);
        }
        const said = needsWaking(sleeping, due);
        expect(await claimWakeUp(client, { tenantId: TENANT, lane: LANE, ...due })).toBe(said);
        const { rows } = await client.query<{ rung: boolean }>('select rung from notice_lane where lane = $1', [LANE]);
        expect(rows).toEqual([{ rung: said || sleeping?.isRung }]);
      },
      80,
    );
  });
});

describe('what is planned', () => {
  it('and more important goes first, of what is missed and waits a run is told', () =>
    compareOn(
      database,
      fc.record({ drawn: notices, priority: fc.integer({ min: 0, max: 3 }), fromMs: instant, toMs: instant }),
      async (client, { drawn, ...span }) => {
        await keep(client, drawn);
        const { fromMs, ...asked } = span;
        const said = countMoreImportant(
          drawn.filter(({ accountId }) => accountId === 'one'),
          span,
        );
        const about = [{ borrowerId: 'of-one', ...asked }];
        expect(await countInDatabase(client, { tenantId: TENANT, fromMs, asked: about })).toEqual([said]);
        const missed = await readMissedNotices(client, { tenantId: TENANT, beforeMs: NOW_MS });
        expect(idsOf(missed)).toEqual(idsOf(drawn.filter((each) => isMissed(each, NOW_MS))));
        const waiting = dueNotices(drawn, { asOfMs: NOW_MS - 1, limit: drawn.length });
        expect(await countWaitingNotices(client, { tenantId: TENANT, beforeMs: NOW_MS })).toBe(waiting.length);
      },
    ));
});
