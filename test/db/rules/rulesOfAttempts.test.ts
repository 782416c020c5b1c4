/** Rules of attempts that a statement decides too: it and the domain say the same, of every state or of random rows. */

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { passageSince } from '../../../src/db/messaging/delivery/providerHealth';
import { endParts } from '../../../src/db/messaging/delivery/receiptParts';
import { closeForGood, recordStatusInquiry } from '../../../src/db/messaging/delivery/statusInquiries';
import {
  cancelNotice,
  deferNotice,
  endInterrupted,
  lastReceiptOf,
  markAllAttempted,
  markOutcome,
} from '../../../src/db/messaging/outbox/noticeAttempts';
import { listNotices } from '../../../src/db/messaging/outbox/notices';
import type { Client } from '../../../src/db/transaction';
import { endOfParts } from '../../../src/domain/messaging/delivery/receiptJudgement';
import {
  type AttemptEvent,
  afterEvent,
  channelOf,
  isInterrupted,
  lastEndAt,
  nextAttempt,
  passageOf,
  type SentNotice,
} from '../../../src/domain/messaging/outbox/attemptOutcomes';
import type { AttemptStatus } from '../../../src/domain/messaging/outbox/noticeStatuses';
import type { NoticeStatus } from '../../../src/domain/messaging/outbox/notices';
import { LANE, NOW_MS, TENANT, useDatabase } from '../testDatabase';
import { compareOn, numbered, put, useLooseTables, uuidOf } from './randomRows';

const database = useDatabase();
useLooseTables(database, ['notice', 'notice_attempt', 'notice_message', 'receipt']);

const NOTICES: NoticeStatus[] = [
  ...(['planned', 'attempted', 'accepted', 'delivered', 'undelivered', 'refused', 'unknown', 'cancelled'] as const),
];
const ATTEMPTS: AttemptStatus[] = [
  ...(['attempted', 'accepted', 'refused', 'unknown', 'not-sent', 'delivered', 'undelivered'] as const),
];
/** Every state, also such as no row has. */
const STATES: SentNotice[] = NOTICES.flatMap((notice) =>
  ATTEMPTS.flatMap((attempt) => [true, false].map((isClosed) => ({ notice, attempt, isClosed }))),
);
const PROVIDER = 'carrier';
const instant = fc.integer({ min: -2, max: 2 }).map((step) => NOW_MS + step);

async function keepStates(client: Client, states: readonly SentNotice[], attemptedAtMs = NOW_MS): Promise<void> {
  await put(
    client,
    'notice',
    states.map(({ notice, isClosed }, index) => ({
      tenant_id: TENANT,
      notice_id: uuidOf(index),
      dedupe_key: `${index}`,
      account_id: 'one',
      lane: LANE,
      status: notice,
      closed_at_ms: isClosed ? NOW_MS : null,
      attempted_at_ms: attemptedAtMs,
    })),
  );
  await put(
    client,
    'notice_attempt',
    states.map(({ attempt }, index) => ({
      tenant_id: TENANT,
      notice_id: uuidOf(index),
      attempt: 1,
      provider: PROVIDER,
      reference: `r-${index}`,
      status: attempt,
      attempted_at_ms: attemptedAtMs,
    })),
  );
}

async function readStates(client: Client): Promise<SentNotice[]> {
  const { rows } = await client.query<SentNotice>(
    `select notice.status as notice, attempt.status as attempt, closed_at_ms is not null as "isClosed"
       from notice join notice_attempt attempt using (tenant_id, notice_id) order by notice_id`,
  );
  return rows;
}

describe('what is said of an attempt', () => {
  const ref = (index: number) => ({ tenantId: TENANT, noticeId: uuidOf(index), attempt: 1, provider: PROVIDER });
  const at = { atMs: NOW_MS };
  const refusal = { status: 'refused', failure: 'transient', code: 'C', detail: 'd' } as const;
  const givenTo = (index: number) => ({
    ...ref(index),
    reference: `r-${index}`,
    providerMessageId: `m-${index}`,
    attemptedAtMs: NOW_MS,
    order: null,
    session: null,
    isOpen: true,
    receiptKey: null,
  });
  const ended = (status: 'delivered' | 'undelivered') => (client: Client, index: number) =>
    endParts(client, { tenantId: TENANT, provider: PROVIDER }, [
      { given: givenTo(index), receiptKey: `k-${index}`, status, atMs: NOW_MS },
    ]);
  const says: Record<AttemptEvent, (client: Client, index: number) => Promise<unknown>> = {
    accepted: (client, index) => {
      const outcome = {
        status: 'accepted',
        providerMessageIds: [`m-${index}`] as [string],
        nextLookAtMs: null,
      } as const;
      return markOutcome(client, { ...ref(index), outcome, ...at });
    },
    'refused-for-good': (client, index) =>
      markOutcome(client, { ...ref(index), outcome: { ...refusal, sendAgainAtMs: undefined }, ...at }),
    'refused-for-now': (client, index) =>
      markOutcome(client, { ...ref(index), outcome: { ...refusal, sendAgainAtMs: NOW_MS }, ...at }),
    'no-answer': (client, index) =>
      markOutcome(client, { ...ref(index), outcome: { status: 'unknown', detail: 'd', nextLookAtMs: NOW_MS }, ...at }),
    interrupted: (client, index) =>
      index > 0
        ? Promise.resolve()
        : endInterrupted(client, {
            tenantId: TENANT,
            lane: LANE,
            attemptedBeforeMs: NOW_MS + 1,
            nextLookAtMs: 0,
            ...at,
          }),
    'no-trace': (client, index) =>
      recordStatusInquiry(client, { ...ref(index), result: { status: 'not-sent', sendAfterMs: NOW_MS }, ...at }),
    closed: (client, index) => closeForGood(client, { tenantId: TENANT, attempts: [ref(index)], ...at }),
    delivered: ended('delivered'),
    undelivered: ended('undelivered'),
  };

  it.each(Object.keys(says) as AttemptEvent[])('%s moves it as the domain says, from every state', (event) =>
    compareOn(
      database,
      fc.constant('every state'),
      async (client) => {
        const states = STATES;
        await keepStates(client, states);
        for (const index of states.keys()) await says[event](client, index);
        expect(await readStates(client)).toEqual(states.map((state) => afterEvent(state, event)));
      },
      1,
    ),
  );

  it('an interrupted one is found by when it was attempted', () =>
    compareOn(database, fc.array(fc.tuple(fc.constantFrom(...NOTICES), instant)), async (client, drawn) => {
      const rows = numbered(drawn.map(([notice, attemptedAtMs]) => ({ notice, attemptedAtMs })));
      await put(
        client,
        'notice',
        rows.map(({ index, notice, attemptedAtMs }) => ({
          tenant_id: TENANT,
          notice_id: uuidOf(index),
          dedupe_key: `${index}`,
          lane: LANE,
          status: notice,
          attempted_at_ms: attemptedAtMs,
        })),
      );
      const input = { tenantId: TENANT, lane: LANE, attemptedBeforeMs: NOW_MS, nextLookAtMs: 0, ...at };
      expect(await endInterrupted(client, input)).toBe(rows.filter((each) => isInterrupted(each, NOW_MS)).length);
    }));
});

describe('a planned notice', () => {
  it('is put off, cancelled and attempted only while it is planned, and each attempt is counted', () =>
    compareOn(
      database,
      fc.record({
        status: fc.constantFrom(...NOTICES),
        tries: fc.array(fc.boolean(), { maxLength: 3 }),
        provider: fc.constantFrom('inbox', 'email', 'sink', 'carrier'),
      }),
      async (client, { status, tries, provider }) => {
        const ref = { tenantId: TENANT, noticeId: uuidOf(0) };
        const row = { tenant_id: TENANT, notice_id: ref.noticeId, dedupe_key: 'k', account_id: 'one', status };
        await put(client, 'notice', [row]);
        await put(
          client,
          'notice_attempt',
          tries.map((usesTry, index) => ({
            tenant_id: TENANT,
            notice_id: ref.noticeId,
            attempt: index + 1,
            reference: `r-${index}`,
            status: 'refused',
            uses_try: usesTry,
            attempted_at_ms: 0,
          })),
        );
        const isPlanned = status === 'planned';
        expect(await deferNotice(client, { ...ref, sendAfterMs: NOW_MS })).toBe(isPlanned);
        const attempt = { ...ref, provider, templateVersion: 1, text: 't', parts: 1 };
        const made = await markAllAttempted(client, { tenantId: TENANT, atMs: NOW_MS, attempts: [attempt] });
        const said = nextAttempt(tries.map((usesTry) => ({ usesTry })));
        expect(made.get(ref.noticeId)).toEqual(
          isPlanned ? expect.objectContaining({ ...said, reference: `${ref.noticeId}.${said.attempt}` }) : undefined,
        );
        expect(await cancelNotice(client, { ...ref, reason: 'paid', atMs: NOW_MS })).toBe(false);
        const [after] = await listNotices(client, { tenantId: TENANT, accountId: 'one' });
        expect(after?.status).toBe(isPlanned ? 'attempted' : status);
        const { rows } = await client.query('select channel from notice_attempt where attempt = $1 and provider = $2', [
          said.attempt,
          provider,
        ]);
        expect(rows).toEqual(isPlanned ? [{ channel: channelOf(provider) }] : []);
      },
      40,
    ));
});

describe('parts of a text', () => {
  it('come to an end as the domain says', () => {
    const part = fc.constantFrom(null, 'delivered' as const, 'undelivered' as const);
    return compareOn(
      database,
      fc.record({
        parts: fc.array(part, { minLength: 1, maxLength: 4 }),
        told: fc.constantFrom('delivered', 'undelivered'),
      }),
      async (client, { parts, told }) => {
        await keepStates(client, [{ notice: 'accepted', attempt: 'accepted', isClosed: false }]);
        await put(
          client,
          'notice_message',
          parts.map((status, index) => ({
            tenant_id: TENANT,
            provider: PROVIDER,
            provider_message_id: `m-${index}`,
            notice_id: uuidOf(0),
            attempt: 1,
            status,
          })),
        );
        const status = told;
        const given = {
          noticeId: uuidOf(0),
          attempt: 1,
          providerMessageId: 'm-0',
          reference: 'r-0',
          attemptedAtMs: NOW_MS,
          order: null,
          session: null,
          isOpen: true,
          receiptKey: null,
        };
        await endParts(client, { tenantId: TENANT, provider: PROVIDER }, [
          { given, receiptKey: 'k', status, atMs: NOW_MS },
        ]);
        // The first word of a part stands.
        const end = endOfParts(parts.map((each, index) => (index === 0 ? (each ?? status) : each)));
        expect((await readStates(client))[0]?.notice).toBe(end ?? 'accepted');
      },
      60,
    );
  });
});

describe('what attempts tell of a number and a provider', () => {
  const attempt = fc.record({
    status: fc.oneof(fc.constantFrom(...ATTEMPTS), fc.constantFrom<AttemptStatus>('refused', 'delivered')),
    recipient: fc.option(fc.constantFrom('number-1', 'number-2')),
    failure: fc.constantFrom('account-stop', 'transient'),
    code: fc.constantFrom('A', 'B'),
    step: fc.integer({ min: 0, max: 30 }),
  });

  it('is what the domain says', () =>
    compareOn(
      database,
      fc.uniqueArray(attempt, { selector: ({ step }) => step, maxLength: 12 }),
      async (client, drawn) => {
        const rows = numbered(drawn).map(({ step, ...each }) => ({ ...each, attemptedAtMs: NOW_MS + step }));
        await put(
          client,
          'notice_attempt',
          rows.map((each) => ({
            tenant_id: TENANT,
            notice_id: uuidOf(each.index),
            attempt: 1,
            provider: PROVIDER,
            reference: `r-${each.index}`,
            status: each.status,
            recipient: each.recipient,
            failure: each.failure,
            code: each.code,
            attempted_at_ms: each.attemptedAtMs,
          })),
        );
        const recipient = 'number-1';
        expect(await lastReceiptOf(client, { tenantId: TENANT, recipient })).toBe(lastEndAt(rows, recipient));
        expect(await passageSince(client, { tenantId: TENANT, provider: PROVIDER, code: 'A' })).toEqual(
          passageOf(rows, 'A'),
        );
      },
      120,
    ));
});
