/** What the guard counts: the statements and the domain count the same of random rows. */

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readGuardCounts, readGuardSurroundings } from '../../../src/db/messaging/guard/guardEvidence';
import { recordPasses, takeDayPlan } from '../../../src/db/messaging/guard/guardPlan';
import { holdNotices, releaseHeld } from '../../../src/db/messaging/guard/heldMessages';
import type { Client } from '../../../src/db/transaction';
import {
  type Cause,
  countFromOf,
  type EndedIncident,
  foreignIds,
  freedBy,
  type GuardHold,
  heldUntilMs,
  isExpected,
  isOfDayPlan,
  ON_RECORD_MS,
  type OnRecord,
  OVERTAKING_MS,
  passedTo,
  recentFailures,
  releasedRules,
  sentPromiseOf,
  unconfirmedSince,
  unplannedPassed,
} from '../../../src/domain/messaging/guard/guardCounts';
import type { GuardMessage } from '../../../src/domain/messaging/guard/guardEvidence';
import type { AttemptStatus } from '../../../src/domain/messaging/outbox/noticeStatuses';

import type { NoticeStatus } from '../../../src/domain/messaging/outbox/notices';
import type { NoticeKind } from '../../../src/domain/policy/lendingPolicy';
import { DAY_MS, NOW_MS, TENANT, useDatabase } from '../testDatabase';
import { compareOn, numbered, put, useLooseTables, uuidOf } from './randomRows';

const database = useDatabase();
useLooseTables(database, [
  'notice',
  'notice_attempt',
  'notice_message',
  'notice_hold',
  'guard_pass',
  'guard_plan',
  'guard_day',
  'receipt',
  'incident',
  'credit_account',
  'account_fact',
  'statement',
  'phone_change_notice',
]);

const HOUR_MS = 3_600_000;
const around = (...instantsMs: number[]) =>
  fc.tuple(fc.constantFrom(...instantsMs), fc.integer({ min: -1, max: 1 })).map(([atMs, step]) => atMs + step);
const STATUSES: NoticeStatus[] = [
  ...(['planned', 'attempted', 'accepted', 'delivered', 'undelivered', 'refused', 'unknown', 'cancelled'] as const),
];
const LADDER = {
  beforeDue: [],
  afterDue: [{ daysPastDue: 1, kind: 'overdue-formal' }],
  onBill: { kind: 'bill-issued' },
  onDisbursement: { kind: 'loan-disbursed' },
  onSettlement: { kind: 'account-settled' },
  onPayment: { kind: 'payment-received' },
} as unknown as GuardMessage['ladder'];
const KIND_OF: Record<Cause, NoticeKind> = {
  bill: 'bill-issued',
  disbursement: 'loan-disbursed',
  settlement: 'account-settled',
  payment: 'payment-received',
  'phone-change': 'phone-changed',
  overdue: 'overdue-formal',
  'before-due': 'due-soon',
};
const MOMENT = { tenantId: TENANT, asOfMs: NOW_MS, dayStartMs: NOW_MS - 9 * HOUR_MS };
const NOBODY = { checks: {} as never, providers: new Map() };

function message(index: number, changes: Partial<GuardMessage> = {}): Omit<GuardMessage, 'released'> {
  return {
    noticeId: uuidOf(index),
    kind: 'due-soon',
    lane: 0,
    provider: 'p',
    accountId: 'one',
    recipient: 'number-1',
    dedupeKey: `${index}`,
    text: '',
    templateVersion: 1,
    figures: {} as never,
    ladder: LADDER,
    ...changes,
  };
}

describe('a message that the books know of', () => {
  const recent = around(NOW_MS - ON_RECORD_MS);
  const record = fc.record({
    cause: fc.constantFrom(...(Object.keys(KIND_OF) as Cause[])),
    isPlanned: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, fc.boolean()),
    obligationKey: fc.option(fc.constantFrom('statement-1', 'instalment-1')),
    dedupeKey: fc.constantFrom('phone-changed/2/1', 'phone-changed/3/1', 'other'),
    account: fc.record({
      openedAtMs: recent,
      stage: fc.constantFrom('current' as const, 'settled' as const),
      advancedAtMs: fc.option(recent),
      pastDueSince: fc.option(fc.constant('2026-02-01')),
    }),
    bills: fc.array(fc.record({ number: fc.constant(1), issuedAtMs: recent }), { maxLength: 1 }),
    facts: fc.array(fc.record({ kind: fc.constantFrom('paid', 'reversed'), arrivedAtMs: recent }), { maxLength: 2 }),
    phoneChanges: fc.array(fc.constant({ version: 2, toVersion: 1 }), { maxLength: 1 }),
  });

  async function keep(client: Client, drawn: OnRecord): Promise<void> {
    const of = { tenant_id: TENANT, account_id: 'one' };
    const { account, bills, facts, phoneChanges, dedupeKey, obligationKey, isPlanned } = drawn;
    await put(client, 'credit_account', [
      {
        ...of,
        borrower_id: 'b',
        opened_at_ms: account.openedAtMs,
        stage: account.stage,
        advanced_at_ms: account.advancedAtMs,
        past_due_since: account.pastDueSince,
      },
    ]);
    await put(client, 'notice', [
      { ...of, notice_id: uuidOf(0), borrower_id: 'b', dedupe_key: dedupeKey, obligation_key: obligationKey },
    ]);
    const planned = { tenant_id: TENANT, notice_id: uuidOf(0), business_date: '2026-03-02' };
    await put(client, 'guard_plan', isPlanned ? [planned] : []);
    await put(
      client,
      'statement',
      bills.map(({ number, issuedAtMs }) => ({ ...of, number, issued_at_ms: issuedAtMs })),
    );
    await put(
      client,
      'account_fact',
      numbered(facts).map(({ index, kind, arrivedAtMs }) => ({
        ...of,
        business_key: `${index}`,
        kind,
        arrived_at_ms: arrivedAtMs,
        body: { valueDate: '2026-03-02' },
      })),
    );
    await put(
      client,
      'phone_change_notice',
      phoneChanges.map(({ version, toVersion }) => ({
        tenant_id: TENANT,
        borrower_id: 'b',
        version,
        to_version: toVersion,
        at_ms: 0,
      })),
    );
  }

  it('is the one that the domain expects', () =>
    compareOn(
      database,
      record,
      async (client, { cause, ...drawn }) => {
        await keep(client, drawn);
        const asked = message(0, { kind: KIND_OF[cause], dedupeKey: drawn.dedupeKey });
        const { unplanned } = await readGuardCounts(client, MOMENT, [asked], NOBODY);
        expect(unplanned.has(uuidOf(0))).toBe(!isExpected(cause, drawn, NOW_MS));
      },
      150,
    ));
});

describe('what has left', () => {
  const pass = fc.record({
    id: fc.integer({ min: 0, max: 5 }),
    recipient: fc.constantFrom('number-1', 'number-2'),
    isPlanned: fc.boolean(),
    atMs: around(NOW_MS, NOW_MS - DAY_MS, MOMENT.dayStartMs),
  });
  const sent = fc.record({
    status: fc.constantFrom(...STATUSES),
    attemptedAtMs: fc.option(fc.constant(NOW_MS)),
    key: fc.constantFrom('due-soon/1', 'due-soon/1#2', 'due-soon/2'),
    accountId: fc.constantFrom('one', 'two'),
  });

  it('is counted by message, the group aside', () =>
    compareOn(
      database,
      fc.record({
        passes: fc.uniqueArray(pass, { selector: ({ id, atMs }) => `${id} ${atMs}`, maxLength: 12 }),
        notices: fc.uniqueArray(sent, { selector: ({ accountId, key }) => `${accountId} ${key}`, maxLength: 6 }),
      }),
      async (client, { passes, notices }) => {
        const exceptIds = [uuidOf(0)];
        const passed = passes.map(({ id, ...each }) => ({ ...each, noticeId: uuidOf(id) }));
        await put(
          client,
          'guard_pass',
          passed.map((each) => ({
            tenant_id: TENANT,
            notice_id: each.noticeId,
            at_ms: each.atMs,
            kind: 'due-soon',
            recipient: each.recipient,
            is_planned: each.isPlanned,
          })),
        );
        await put(
          client,
          'notice',
          numbered(notices).map(({ index, key, status, attemptedAtMs, accountId }) => ({
            tenant_id: TENANT,
            notice_id: uuidOf(100 + index),
            account_id: accountId,
            dedupe_key: key,
            status,
            attempted_at_ms: attemptedAtMs,
          })),
        );
        const { unplannedToday, sentToRecipient, sentPromises } = await readGuardCounts(
          client,
          MOMENT,
          [message(0)],
          NOBODY,
        );
        expect(unplannedToday).toBe(unplannedPassed(passed, { ...MOMENT, exceptIds }));
        const recipient = 'number-1';
        expect(sentToRecipient.get(recipient) ?? 0).toBe(passedTo(passed, { recipient, asOfMs: NOW_MS, exceptIds }));
        const own = notices.filter(({ accountId }) => accountId === 'one');
        expect([...sentPromises].sort()).toEqual(
          [...new Set(own.flatMap((each) => sentPromiseOf({ ...each, dedupeKey: each.key }) ?? []))].sort(),
        );
      },
      60,
    ));
});

describe('a provider', () => {
  const attempt = fc.record({
    status: fc.constantFrom<AttemptStatus>(
      ...(['attempted', 'accepted', 'refused', 'unknown', 'not-sent', 'delivered', 'undelivered'] as const),
    ),
    attemptedAtMs: fc.integer({ min: NOW_MS - 40, max: NOW_MS }),
    outcomeAtMs: fc.integer({ min: NOW_MS - 40, max: NOW_MS }),
  });
  const told = fc.record({
    providerMessageId: fc.constantFrom('m-1', 'm-2', 'm-3'),
    receivedAtMs: around(NOW_MS - HOUR_MS, NOW_MS - OVERTAKING_MS, NOW_MS - 2 * OVERTAKING_MS),
    order: fc.option(fc.integer({ min: 1, max: 4 })),
  });
  const given = fc.record({
    providerMessageId: fc.constantFrom('m-1', 'm-2', 'm-3'),
    order: fc.option(fc.integer({ min: 1, max: 4 })),
  });
  const incident = fc.record({
    openedByKind: fc.constantFrom('guard', 'person'),
    reasonCode: fc.constantFrom('GUARD_CODE_CHECKS', 'GUARD_RECEIPTS'),
    scope: fc.constantFrom<EndedIncident['scope']>(
      {},
      { provider: 'p' },
      { provider: 'q' },
      { templateKind: 'due-soon' },
    ),
    liftedAtMs: fc.option(around(NOW_MS - 20, NOW_MS - HOUR_MS)),
  });

  it('has failures, foreign receipts and unconfirmed messages as the domain counts them, from its resumption on', () =>
    compareOn(
      database,
      fc.record({
        attempts: fc.uniqueArray(attempt, { selector: ({ outcomeAtMs }) => outcomeAtMs, maxLength: 12 }),
        receipts: fc.array(told, { maxLength: 6 }),
        ids: fc.array(given, { maxLength: 4 }),
        incidents: fc.array(incident, { maxLength: 4 }),
      }),
      async (client, { attempts, receipts, ids, incidents }) => {
        const of = { tenant_id: TENANT, provider: 'p' };
        await put(
          client,
          'notice_attempt',
          numbered(attempts).map((each) => ({
            ...of,
            notice_id: uuidOf(each.index),
            attempt: 1,
            reference: `r-${each.index}`,
            status: each.status,
            attempted_at_ms: each.attemptedAtMs,
            outcome_at_ms: each.outcomeAtMs,
          })),
        );
        // Of attempts at another time, so that they are counted here only.
        const others = numbered(ids).map(({ index, ...each }) => ({ ...each, id: uuidOf(500 + index) }));
        await put(
          client,
          'notice_attempt',
          others.map(({ id, order }) => ({
            ...of,
            notice_id: id,
            attempt: 1,
            reference: id,
            status: 'refused',
            made_order: order,
            attempted_at_ms: 0,
          })),
        );
        await put(
          client,
          'notice_message',
          others.map(({ id, providerMessageId }) => ({
            ...of,
            provider_message_id: providerMessageId,
            notice_id: id,
            attempt: 1,
          })),
        );
        await put(
          client,
          'receipt',
          numbered(receipts).map(({ index, providerMessageId, receivedAtMs, order }) => ({
            ...of,
            receipt_key: `k-${index}`,
            provider_message_id: providerMessageId,
            body: {},
            received_at_ms: receivedAtMs,
            told_order: order,
          })),
        );
        await put(
          client,
          'incident',
          numbered(incidents).map(({ index, ...each }) => ({
            tenant_id: TENANT,
            incident_id: `i-${index}`,
            dedupe_key: `d-${index}`,
            opened_by_kind: each.openedByKind,
            reason_code: each.reasonCode,
            scope: each.scope,
            lifted_at_ms: each.liftedAtMs,
          })),
        );
        const surroundings = await readGuardSurroundings(client, { ...MOMENT, providers: ['p'] });
        const fromMs = countFromOf(incidents).resumedAtMs('p');
        expect(surroundings.providers.get('p')).toEqual({
          countFromMs: fromMs,
          recentFailures: recentFailures(attempts, fromMs),
          foreignReceipts: foreignIds(receipts, ids, { asOfMs: NOW_MS, fromMs }),
        });
        const { providers } = await readGuardCounts(client, MOMENT, [message(0)], surroundings);
        expect(providers.get('p')?.unconfirmedAtMs).toEqual(unconfirmedSince(attempts, fromMs));
      },
      60,
    ));
});

describe('what the guard holds', () => {
  const hold = fc
    .record({
      id: fc.integer({ min: 0, max: 3 }),
      rule: fc.constantFrom('volume' as const, 'hours' as const),
      incidentId: fc.constantFrom('i-1', 'i-2'),
      releasedAtMs: fc.option(fc.constant(NOW_MS)),
      isUsed: fc.boolean(),
    })
    .map(({ id, isUsed, ...each }): GuardHold => {
      return { ...each, noticeId: uuidOf(id), usedAtMs: isUsed && each.releasedAtMs !== null ? NOW_MS : null };
    });
  const held = fc.uniqueArray(hold, {
    selector: ({ noticeId, rule, releasedAtMs }) => (releasedAtMs === null ? `${noticeId} ${rule}` : {}),
    maxLength: 8,
  });
  const statuses = fc.array(fc.constantFrom<NoticeStatus>('planned', 'cancelled'), { minLength: 4, maxLength: 4 });
  const instants = fc.array(around(NOW_MS + HOUR_MS), { minLength: 4, maxLength: 4 });

  it('is put off to its end, released by its last incident, and let pass once', () =>
    compareOn(
      database,
      fc.record({ held, statuses, sendAfter: instants, expires: instants }),
      async (client, { held: holds, statuses: of, sendAfter, expires }) => {
        const notices = of.map((status, index) => ({
          noticeId: uuidOf(index),
          status,
          sendAfterMs: sendAfter[index] ?? 0,
          expiresAtMs: expires[index] ?? 0,
        }));
        await put(
          client,
          'notice',
          notices.map((each, lane) => ({
            tenant_id: TENANT,
            notice_id: each.noticeId,
            dedupe_key: each.noticeId,
            status: each.status,
            lane,
            send_after_at_ms: each.sendAfterMs,
            expires_at_ms: each.expiresAtMs,
            account_id: 'one',
          })),
        );
        await put(
          client,
          'notice_hold',
          holds.map((each) => ({
            tenant_id: TENANT,
            notice_id: each.noticeId,
            rule: each.rule,
            incident_id: each.incidentId,
            released_at_ms: each.releasedAtMs,
            used_at_ms: each.usedAtMs,
            detail: '',
            held_at_ms: 0,
          })),
        );
        const { released: rules } = await readGuardCounts(
          client,
          MOMENT,
          notices.map((_, index) => message(index)),
          NOBODY,
        );
        for (const { noticeId } of notices) {
          expect([...(rules.get(noticeId) ?? [])].sort()).toEqual(releasedRules(holds, noticeId));
        }
        const said = freedBy('i-1', holds, notices);
        const { released } = await releaseHeld(client, { tenantId: TENANT, incidentId: 'i-1', by: 'b', atMs: NOW_MS });
        expect(released).toBe(said.length);
        const passed = notices.map(({ noticeId }) => ({
          noticeId,
          kind: 'due-soon' as const,
          recipient: 'n',
          isPlanned: true,
        }));
        await recordPasses(client, { tenantId: TENANT, atMs: NOW_MS, messages: passed });
        const { rows: unused } = await client.query(
          'select from notice_hold where released_at_ms > 0 and used_at_ms is null',
        );
        expect(unused).toEqual([]);
        const anew = notices.map(({ noticeId }) => ({
          noticeId,
          rule: 'text' as const,
          detail: '',
          incidentId: 'i-3',
        }));
        await holdNotices(client, { tenantId: TENANT, atMs: NOW_MS, holds: anew });
        const { rows } = await client.query<{ atMs: number }>(
          'select send_after_at_ms as "atMs" from notice order by notice_id',
        );
        expect(rows.map(({ atMs }) => atMs)).toEqual(
          notices.map((each) => {
            const sendAfterMs = said.includes(each.noticeId) ? NOW_MS : each.sendAfterMs;
            return each.status === 'planned' ? heldUntilMs({ ...each, sendAfterMs }) : sendAfterMs;
          }),
        );
      },
      60,
    ));

  it('counts to the plan of a day what is planned until its end, once', () =>
    compareOn(database, fc.array(fc.tuple(fc.constantFrom(...STATUSES), around(NOW_MS))), async (client, drawn) => {
      const notices = drawn.map(([status, sendAfterMs], index) => ({ noticeId: uuidOf(index), status, sendAfterMs }));
      await put(
        client,
        'notice',
        notices.map((each) => ({
          tenant_id: TENANT,
          notice_id: each.noticeId,
          dedupe_key: each.noticeId,
          account_id: 'one',
          status: each.status,
          send_after_at_ms: each.sendAfterMs,
        })),
      );
      const day = { tenantId: TENANT, businessDate: '2026-03-02', dayEndMs: NOW_MS, atMs: NOW_MS };
      expect([await takeDayPlan(client, day), await takeDayPlan(client, day)]).toEqual([true, false]);
      const { rows } = await client.query<{ id: string }>('select notice_id as id from guard_plan order by notice_id');
      expect(rows.map(({ id }) => id)).toEqual(
        notices.filter((each) => isOfDayPlan(each, NOW_MS)).map(({ noticeId }) => noticeId),
      );
    }));
});
