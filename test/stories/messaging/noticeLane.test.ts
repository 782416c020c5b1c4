/** Notices from their promise to their outcome: the real sweep on a real database, on a time-skipping server. */
import { describe, expect, it } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { keepReceipts } from '../../../src/activities/messaging/callbackKeeping';
import { postDue } from '../../../src/adapters/sms/providers/sinkReceipts';
import { wakeLane } from '../../../src/contracts/messaging/laneClients';
import { laneTotals } from '../../../src/contracts/messaging/noticeLane';
import { workflowIds } from '../../../src/contracts/names';
import { readBalances } from '../../../src/db/ledger/journal';
import { planNotices } from '../../../src/db/messaging/outbox/notices';
import { activateTemplate } from '../../../src/db/messaging/templates/templates';
import { lockBorrower } from '../../../src/db/origination/borrowers';
import { inTransaction } from '../../../src/db/transaction';
import { chineseDate } from '../../../src/domain/messaging/outbox/noticeText';
import { defaultPolicy } from '../../../src/domain/policy/defaultPolicy';
import type { LendingPolicy, NoticePolicy } from '../../../src/domain/policy/lendingPolicy';
import { addDays, dayOfMonth } from '../../../src/domain/values/calendar';
import { atWallTimeMs, dateAt, minuteOfDay, REAL_TIME, SHANGHAI } from '../../../src/domain/values/clock';
import { createTemporalGateway } from '../../../src/platform/temporalGateway';
import { createSinkReceiptStore } from '../../../src/platform/wiring/sinkStores';
import { ownerOf } from '../../setup/environment';
import { RECEIPT_SECRET, withApi } from '../../support/api';
import { Carrier } from '../../support/carrier';
import { Credit, until } from '../../support/credits';
import { type Activities, DAY_MS, type Deployment, TENANT, withDeployment } from '../../support/deployment';
import { type NoticeLine, noticesOf } from '../../support/notices';
import { recordReceipt } from '../../support/ofOne';

const LANE = { tenantId: TENANT, lane: 0, clock: REAL_TIME };
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** A carrier and a deployment that sends through it. */
async function withCarrier(
  run: (deployment: Deployment, carrier: Carrier) => Promise<void>,
  options: Parameters<typeof withDeployment>[1] = {},
): Promise<void> {
  const carrier = new Carrier();
  await withDeployment(
    async (deployment) => {
      carrier.env = deployment.env;
      await run(deployment, carrier);
    },
    { provider: carrier.provider, ...options },
  );
}

const withNotices = (notices: Partial<NoticePolicy>): LendingPolicy => ({
  ...defaultPolicy,
  notices: { ...defaultPolicy.notices, ...notices },
});

const lane = ({ env }: Deployment) => env.client.workflow.getHandle(workflowIds.noticeLane(TENANT, 0));

/** `2026-07-10 08:00` in the borrower's zone. */
function wallTime(instantMs: number): string {
  const minute = minuteOfDay(instantMs, SHANGHAI);
  const two = (number: number) => String(number).padStart(2, '0');
  return `${dateAt(instantMs, SHANGHAI)} ${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

async function sleepUntilMs({ env }: Deployment, instantMs: number): Promise<void> {
  const ms = instantMs - (await env.currentTimeMs());
  if (ms > 0) await env.sleep(ms);
}

/** Every notice of an account by its dedupe key. */
async function byKey({ deployment, accountId }: Credit): Promise<Map<string, NoticeLine>> {
  const notices = await noticesOf(deployment.pool, TENANT, accountId);
  return new Map(notices.map((notice) => [notice.dedupeKey, notice]));
}

async function untilNotice(credit: Credit, key: string, status: string): Promise<NoticeLine> {
  await until(async () => (await byKey(credit)).get(key)?.status === status);
  return (await byKey(credit)).get(key) as NoticeLine;
}

async function firstDue(credit: Credit): Promise<string> {
  const [obligation] = (await credit.now()).obligations;
  if (!obligation) throw new Error('nothing is due');
  return obligation.dueDate;
}

/** Fen of the first amount in a text after some words. */
function fenAfter(words: string, text: string): number {
  const found = new RegExp(`${words}([\\d,]+)\\.(\\d\\d)元`).exec(text);
  if (!found) throw new Error(`the text says no amount after ${words}: ${text}`);
  return Number(found[1]?.replaceAll(',', '')) * 100 + Number(found[2]);
}

describe('notice lane', () => {
  it('while the clock stands, it looks as of what the clock shows', () => {
    const asked: number[] = [];
    let standsAtMs = Number.POSITIVE_INFINITY;
    return withCarrier(
      async (deployment) => {
        const day = addDays(dateAt(await deployment.env.currentTimeMs(), SHANGHAI), 1);
        await sleepUntilMs(deployment, atWallTimeMs(day, '12:00', SHANGHAI));
        await untilNotice(await new Credit(deployment, 'standing', 'cash-loan').open(), 'loan-disbursed', 'accepted');
        const { sweeps } = await lane(deployment).query(laneTotals);
        standsAtMs = asked.at(-1) ?? 0;
        asked.length = 0;
        await deployment.env.sleep(1000);
        await wakeLane(createTemporalGateway(deployment.env.client), { ...LANE, lookEveryMs: DAY_MS });
        await until(async () => asked.length >= 2);
        expect(asked[0]).toBeGreaterThan(standsAtMs);
        expect(asked[1]).toBe(standsAtMs);
        await until(async () => (await lane(deployment).query(laneTotals)).sweeps > sweeps);
        standsAtMs = Number.POSITIVE_INFINITY;
      },
      {
        lookEveryMs: DAY_MS,
        // As a worker of an accelerated clock answers, whose clock somebody holds.
        activities: (real) => ({
          async sweepLane(input) {
            asked.push(input.asOfMs);
            if (input.asOfMs <= standsAtMs) return real.sweepLane(input);
            return { tooEarly: REAL_TIME, shownMs: standsAtMs } as never;
          },
        }),
      },
    );
  });

  it('quiet hours: what comes due at 23:00, or is looked at only then, leaves after 08:00', () => {
    let isRingLost = false;
    return withCarrier(
      async (deployment, carrier) => {
        const day = addDays(dateAt(await deployment.env.currentTimeMs(), SHANGHAI), 1);
        await sleepUntilMs(deployment, atWallTimeMs(day, '23:00', SHANGHAI));
        const late = await new Credit(deployment, 'late-evening', 'cash-loan').open();
        await sleepUntilMs(deployment, atWallTimeMs(addDays(day, 1), '08:01', SHANGHAI));
        await untilNotice(late, 'loan-disbursed', 'accepted');
        expect(carrier.calls.map(({ calledAtMs }) => wallTime(calledAtMs))).toEqual([`${addDays(day, 1)} 08:00`]);

        // Due at 21:00, when it might go; its ring is lost, and the lane looks by itself 15 hours after 08:00.
        await sleepUntilMs(deployment, atWallTimeMs(addDays(day, 1), '21:00', SHANGHAI));
        isRingLost = true;
        const sweeps = (await lane(deployment).query(laneTotals)).sweeps;
        const unseen = await new Credit(deployment, 'unseen', 'cash-loan').open();
        await sleepUntilMs(deployment, atWallTimeMs(addDays(day, 1), '23:01', SHANGHAI));
        await until(async () => (await lane(deployment).query(laneTotals)).sweeps > sweeps);
        expect((await byKey(unseen)).get('loan-disbursed')).toMatchObject({ status: 'planned' });
        await sleepUntilMs(deployment, atWallTimeMs(addDays(day, 2), '08:01', SHANGHAI));
        await untilNotice(unseen, 'loan-disbursed', 'accepted');
        expect(wallTime(carrier.calls.at(-1)?.calledAtMs ?? 0)).toBe(`${addDays(day, 2)} 08:00`);
      },
      { lookEveryMs: 15 * HOUR_MS, isRingLost: () => isRingLost },
    );
  });

  it('quiet hours: a sweep that could not be made before 22:00 is not made up for in the night', () => {
    let isDown = false;
    return withCarrier(
      async (deployment, carrier) => {
        const loan = new Credit(deployment, 'evening', 'cash-loan');
        const day = addDays(await loan.today(), 1);
        await loan.sleepUntil(day, '12:00');
        await loan.open();
        const dueMs = (await deployment.pool.query('select send_after_at_ms as due from notice order by 1')).rows[0]
          .due;
        isDown = true;
        await sleepUntilMs(deployment, dueMs + MINUTE_MS);
        expect(wallTime(dueMs)).toMatch(/ 21:55$/);
        await sleepUntilMs(deployment, dueMs + 30 * MINUTE_MS);
        isDown = false;
        await sleepUntilMs(deployment, atWallTimeMs(addDays(day, 1), '08:01', SHANGHAI));
        await untilNotice(loan, 'loan-disbursed', 'accepted');
        expect(carrier.calls.map(({ calledAtMs }) => wallTime(calledAtMs).slice(11))).toEqual(['08:00']);
      },
      {
        policy: withNotices({ onDisbursement: { kind: 'loan-disbursed', at: '21:55' } }),
        activities: (real) => ({
          sweepLane: (input) => (isDown ? Promise.reject(new Error('the books are away')) : real.sweepLane(input)),
        }),
      },
    );
  });

  it('the cap binds a borrower over both products together: one a day, the rest on the days after', () =>
    withCarrier(
      async (deployment, carrier) => {
        // From the 4th to the 4th: three days before it is the 1st, when the card is billed.
        const [card, loan] = [
          new Credit(deployment, 'card', 'revolving', 'b-both'),
          new Credit(deployment, 'loan', 'cash-loan', 'b-both'),
        ];
        await card.sleepUntil(dayOfMonth(await card.today(), 4, 1), '12:00');
        await loan.open();
        await card.open();
        await card.buy('o1', 50_000);
        const billDate = dayOfMonth(await card.today(), 1, 1);
        await card.sleepUntil(addDays(billDate, 2), '09:00');
        const firsts = [
          await untilNotice(card, 'bill-issued/statement-1', 'accepted'),
          await untilNotice(loan, 'due-soon/instalment-1/3', 'accepted'),
        ];
        const times = firsts.map(({ attemptedAtMs }) => wallTime(attemptedAtMs ?? 0)).sort();
        expect(times).toEqual([`${billDate} 10:00`, `${addDays(billDate, 1)} 08:00`]);
        await card.sleepUntil(addDays(billDate, 11), '12:00');
        const days = carrier.calls.map(({ calledAtMs }) => dateAt(calledAtMs, SHANGHAI));
        expect(days.length).toBeGreaterThan(5);
        expect(new Set(days).size).toBe(days.length);
      },
      { lookEveryMs: 30 * DAY_MS },
    ));

  it('the cap binds when two sweeps meet over one borrower', () => {
    let sweepLane: Activities['sweepLane'] | undefined;
    return withCarrier(
      async (deployment, carrier) => {
        const { env, pool } = deployment;
        const loan = new Credit(deployment, 'met', 'cash-loan');
        await loan.sleepUntil(addDays(await loan.today(), 1), '12:00');
        await loan.open();
        const asOfMs = await env.currentTimeMs();
        // As after a change of the number of lanes: of one borrower, a notice in each of two lanes is due.
        const other = { kind: 'loan-disbursed', dedupeKey: 'loan-disbursed#2', obligationKey: undefined } as const;
        const due = { sendAfterMs: asOfMs, expiresAtMs: asOfMs + DAY_MS, priority: 3 };
        const { accountId, borrowerId } = loan;
        await inTransaction(pool, (client) =>
          planNotices(client, { tenantId: TENANT, accountId, borrowerId, lane: 1, notices: [{ ...other, ...due }] }),
        );
        const sweep = (number: number) =>
          new MockActivityEnvironment().run(async () => sweepLane?.({ tenantId: TENANT, lane: number, asOfMs }));
        const waiting = async () =>
          (
            await pool.query(
              `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
            )
          ).rowCount;
        const sweeps = await inTransaction(pool, async (client) => {
          await lockBorrower(client, { tenantId: TENANT, borrowerId });
          const both = [sweep(0), sweep(1)];
          await until(async () => (await waiting()) === 2);
          return both;
        });
        await Promise.all(sweeps);
        expect(carrier.calls).toHaveLength(1);
        const { rows } = await pool.query(
          `select status, send_after_at_ms as due from notice where kind = 'loan-disbursed'`,
        );
        const deferred = rows.filter(({ status }) => status === 'planned').map((each) => wallTime(each.due));
        expect(deferred).toEqual([`${addDays(dateAt(asOfMs, SHANGHAI), 1)} 08:00`]);
      },
      {
        isRingLost: () => true,
        lookEveryMs: 30 * DAY_MS,
        activities: (real) => {
          sweepLane = real.sweepLane;
          return {};
        },
      },
    );
  });

  it('a lost ring: delivered by the look of the lane within a business day, even the first ring of all', () =>
    withCarrier(
      async (deployment, carrier) => {
        // Nothing but the start of a worker has begun this lane.
        const first = await new Credit(deployment, 'first', 'cash-loan').open();
        const noon = addDays(await first.today(), 2);
        await first.sleepUntil(noon, '12:00');
        await untilNotice(first, 'loan-disbursed', 'accepted');

        const sweeps = async () => (await lane(deployment).query(laneTotals)).sweeps;
        const before = await sweeps();
        await wakeLane(createTemporalGateway(deployment.env.client), { ...LANE, lookEveryMs: DAY_MS });
        await until(async () => (await sweeps()) > before);
        const dropped = await new Credit(deployment, 'dropped', 'cash-loan').open();
        const isRung = async () => (await deployment.pool.query('select rung from notice_lane')).rows[0]?.rung === true;
        await until(isRung);
        await dropped.sleepUntil(addDays(noon, 1), '12:01');
        const { attemptedAtMs } = await untilNotice(dropped, 'loan-disbursed', 'accepted');
        expect(wallTime(attemptedAtMs ?? 0)).toBe(`${addDays(noon, 1)} 12:00`);
        expect(carrier.calls).toHaveLength(2);
      },
      { isRingLost: () => true },
    ));

  it('a ring just before something is due costs one sweep, not one after the other until then', () =>
    withCarrier(
      async (deployment) => {
        const loan = await new Credit(deployment, 'soon', 'cash-loan').open();
        await loan.sleepDays(1);
        const sweeps = async () => (await lane(deployment).query(laneTotals)).sweeps;
        const dueMs = atWallTimeMs(addDays(await firstDue(loan), -3), '10:00', SHANGHAI);
        await sleepUntilMs(deployment, dueMs - 900);
        const before = await sweeps();
        await wakeLane(createTemporalGateway(deployment.env.client), { ...LANE, lookEveryMs: 30 * DAY_MS });
        await untilNotice(loan, 'due-soon/instalment-1/3', 'accepted');
        expect((await sweeps()) - before).toBeLessThanOrEqual(2);
      },
      { lookEveryMs: 30 * DAY_MS },
    ));

  it('a provider outage: each promise is tried once and ends as it ended, and the next one goes out', () =>
    withCarrier(
      async (deployment, carrier) => {
        const loan = await new Credit(deployment, 'outage', 'cash-loan').open();
        const dueDate = await firstDue(loan);
        await loan.sleepUntil(dueDate, '20:00');
        await untilNotice(loan, 'due-today/instalment-1/0', 'accepted');

        carrier.answering = async () => ({
          status: 'refused',
          failure: 'config-bug',
          code: 'OUT_OF_SERVICE',
          detail: 'the account is stopped',
        });
        await loan.sleepUntil(addDays(dueDate, 2), '12:00');
        await untilNotice(loan, 'overdue/instalment-1/1', 'refused');
        carrier.answering = () => Promise.reject(new Error('no answer, and a phone number in the message'));
        await loan.sleepUntil(addDays(dueDate, 5), '12:00');
        await untilNotice(loan, 'overdue/instalment-1/3', 'unknown');

        carrier.answering = (_message, keep) => keep();
        await loan.sleepUntil(addDays(dueDate, 12), '12:00');
        await untilNotice(loan, 'overdue/instalment-1/7', 'accepted');
        const tries = (words: string) => carrier.texts.filter((text) => text.includes(words)).length;
        expect([tries('尚有'), tries('已过还款日3天'), tries('已过还款日7天')]).toEqual([1, 1, 1]);
        const { rows } = await deployment.pool.query(
          `select provider_error as error from notice where dedupe_key like 'overdue/%' order by send_after_at_ms`,
        );
        expect(rows.map(({ error }) => error)).toEqual([
          'OUT_OF_SERVICE: the account is stopped',
          'the provider adapter failed without an answer',
          null,
        ]);
      },
      { lookEveryMs: 30 * DAY_MS },
    ));

  it('steps that piled up while nothing was sent collapse: the latest goes out, the stale ones say why not', () => {
    let isRingLost = false;
    return withCarrier(
      async (deployment, carrier) => {
        const loan = await new Credit(deployment, 'piled-up', 'cash-loan').open();
        const dueDate = await firstDue(loan);
        await loan.sleepUntil(dueDate, '20:00');
        await untilNotice(loan, 'due-today/instalment-1/0', 'accepted');
        isRingLost = true;
        const before = carrier.calls.length;
        await loan.sleepUntil(addDays(dueDate, 8), '03:00');
        const waiting = [...(await byKey(loan))].filter(([, { status }]) => status === 'planned').map(([key]) => key);
        expect(waiting).toEqual(expect.arrayContaining([1, 3, 7].map((days) => `overdue/instalment-1/${days}`)));
        await loan.sleepUntil(addDays(dueDate, 8), '12:00');
        await untilNotice(loan, 'overdue/instalment-1/7', 'accepted');
        const notices = await byKey(loan);
        for (const day of [1, 3]) {
          expect(notices.get(`overdue/instalment-1/${day}`)).toMatchObject({
            status: 'cancelled',
            cancelReason: 'superseded',
            attemptedAtMs: null,
          });
        }
        expect(carrier.texts.slice(before)).toHaveLength(1);
        expect(carrier.texts.at(-1)).toContain('已过还款日8天');
      },
      // From the afternoon of the due date to the eighth night after it.
      { lookEveryMs: 7.5 * DAY_MS, isRingLost: () => isRingLost },
    );
  });

  it('an ambiguous outcome: taken and never answered stays unknown, is not sent again, and a receipt still ends it', () =>
    withCarrier(
      async (deployment, carrier) => {
        carrier.answering = async (_message, keep) => {
          await keep();
          throw new Error('timed out after the carrier took it');
        };
        const loan = await new Credit(deployment, 'ambiguous', 'cash-loan').open();
        await loan.sleepDays(1);
        await untilNotice(loan, 'loan-disbursed', 'unknown');
        const [taken] = carrier.calls;
        carrier.answering = (_message, keep) => keep();
        await loan.sleepDays(1);
        expect((await byKey(loan)).get('loan-disbursed')).toMatchObject({ status: 'unknown' });
        expect(carrier.calls).toHaveLength(1);
        const { rows } = await deployment.pool.query('select message_id as id, reference from sink_message');
        expect(rows).toMatchObject([{ reference: taken?.message.reference }]);

        const receive = (receiptKey: string, status: 'delivered' | 'undelivered', receivedAtMs: number) => {
          const message = { providerMessageId: rows[0].id, reference: taken?.message.reference };
          const receipts = [{ ...message, receiptKey, status, code: 'TOLD' }];
          return keepReceipts(
            { pool: deployment.pool, tenantId: TENANT },
            { provider: 'sink', receipts, receivedAtMs },
          );
        };
        expect(await receive('r1', 'delivered', 1)).toMatchObject({ applied: 1 });
        expect(await receive('r1', 'delivered', 2)).toMatchObject({ repeated: 1 });
        expect(await receive('r2', 'undelivered', 3)).toMatchObject({ kept: 1 });
        expect((await byKey(loan)).get('loan-disbursed')).toMatchObject({ status: 'delivered' });
      },
      { lookEveryMs: DAY_MS },
    ));

  it('receipts late, doubled or never change the outcome once, and nothing else', () =>
    withCarrier(
      async (deployment, carrier) => {
        const plans = [
          (atMs: number) => [{ sequence: 1, status: 'delivered' as const, dueAtMs: atMs + MINUTE_MS }],
          (atMs: number) => [{ sequence: 1, status: 'delivered' as const, dueAtMs: atMs + 30 * HOUR_MS }],
          (atMs: number) => [
            { sequence: 1, status: 'undelivered' as const, dueAtMs: atMs + 5 * MINUTE_MS },
            { sequence: 2, status: 'delivered' as const, dueAtMs: atMs + 10 * MINUTE_MS },
          ],
          () => [],
        ];
        carrier.answering = (message, keep) => keep(plans[carrier.calls.length - 1]?.(message.atMs));
        const loan = await new Credit(deployment, 'receipts', 'cash-loan').open();
        const dueDate = await firstDue(loan);
        const statuses = async () => [...(await byKey(loan)).values()].map(({ status }) => status);
        await withApi(deployment, async ({ api }) => {
          const address = await api.listen({ host: '127.0.0.1', port: 0 });
          // The API lives in the server's time, which was skipped ahead: so does who signs.
          const aheadMs = (await deployment.env.currentTimeMs()) - Date.now();
          const post = async () =>
            postDue({
              store: createSinkReceiptStore(deployment.pool, TENANT),
              callbackUrl: `${address}/v1/receipts/sink`,
              secret: RECEIPT_SECRET,
              now: () => Number.MAX_SAFE_INTEGER,
              realNow: () => Date.now() + aheadMs,
              everyMs: 0,
              onError: () => {},
            });
          await loan.sleepDays(1);
          await untilNotice(loan, 'loan-disbursed', 'accepted');
          expect(await post()).toBe(1);
          await loan.sleepUntil(addDays(dueDate, -1), '20:00');
          await untilNotice(loan, 'due-soon/instalment-1/1', 'accepted');
          expect(await post()).toBe(3);
          await loan.sleepUntil(dueDate, '20:00');
          await untilNotice(loan, 'due-today/instalment-1/0', 'accepted');
          expect(carrier.calls).toHaveLength(4);
          expect(await statuses()).toEqual(['delivered', 'delivered', 'undelivered', 'accepted']);

          const others = await allButReceipts(deployment);
          const outcomes = (await deployment.pool.query('select * from notice order by notice_id')).rows;
          // The carrier pushes all of them again, as it does when our answer to it was lost.
          await deployment.pool.query('update sink_receipt set issued = false');
          expect(await post()).toBe(4);
          expect((await deployment.pool.query('select * from notice order by notice_id')).rows).toEqual(outcomes);
          expect(await allButReceipts(deployment)).toEqual(others);
        });
        expect((await deployment.pool.query('select from receipt')).rowCount).toBe(4);
      },
      { lookEveryMs: 30 * DAY_MS },
    ));

  it('without a receipt for 72 hours is unknown for good: one that comes after it is kept and changes nothing', () =>
    withCarrier(
      async (deployment) => {
        const loan = await new Credit(deployment, 'never', 'cash-loan').open();
        await loan.sleepDays(1);
        await untilNotice(loan, 'loan-disbursed', 'accepted');
        await loan.sleepDays(1);
        expect((await byKey(loan)).get('loan-disbursed')).toMatchObject({ status: 'accepted' });
        await loan.sleepDays(3);
        await untilNotice(loan, 'loan-disbursed', 'unknown');
        const { rows } = await deployment.pool.query('select message_id as id from sink_message');
        const late = await inTransaction(deployment.pool, (client) =>
          recordReceipt(client, {
            tenantId: TENANT,
            provider: 'sink',
            providerMessageId: rows[0].id,
            receiptKey: 'late',
            status: 'delivered',
            receivedAtMs: 1,
            body: {},
          }),
        );
        expect(late).toEqual({ receipt: 'recorded', movedNoticeId: undefined });
        expect((await byKey(loan)).get('loan-disbursed')).toMatchObject({ status: 'unknown' });
      },
      { lookEveryMs: DAY_MS },
    ));

  it('a reminder whose debt was paid in the meantime, or its minimum, is cancelled and says so, before and after the due date', () =>
    withCarrier(
      async (deployment, carrier) => {
        const loan = new Credit(deployment, 'paid', 'cash-loan');
        const card = new Credit(deployment, 'minimum', 'revolving');
        await loan.sleepUntil(dayOfMonth(await loan.today(), 25, 1), '12:00');
        await loan.open();
        await card.open();
        await card.buy('o1', 100_000);

        // The minimum is enough not to be overdue, though the rest of the bill is still owed.
        const billDueDate = dayOfMonth(await card.today(), 10, 1);
        await card.sleepUntil(addDays(billDueDate, 1), '09:59');
        await until(async () => (await byKey(card)).has('overdue/statement-1/1'));
        await card.pay('p1', (await card.now()).obligations[0]?.minimumFen ?? 0);

        const dueDate = await firstDue(loan);
        await loan.sleepUntil(addDays(dueDate, -3), '09:59');
        const [first] = (await loan.now()).obligations;
        await loan.pay('p1', first?.owedFen ?? 0);
        const [second] = (await loan.now()).obligations.slice(-1);
        await loan.sleepUntil(addDays(second?.dueDate ?? '', 1), '09:59');
        await until(async () => (await byKey(loan)).has('overdue/instalment-2/1'));
        await loan.pay('p2', (await loan.now()).overdueFen);
        await loan.sleepUntil(addDays(second?.dueDate ?? '', 1), '20:00');

        const notices = new Map([...(await byKey(loan)), ...(await byKey(card))]);
        const paidKeys = [
          'due-soon/instalment-1/3',
          'due-soon/instalment-1/1',
          'due-today/instalment-1/0',
          'overdue/instalment-2/1',
        ];
        for (const key of paidKeys) {
          expect(notices.get(key)).toMatchObject({ status: 'cancelled', cancelReason: 'paid', attemptedAtMs: null });
        }
        // All of it but the minimum is owed: it was not paid.
        const met = { status: 'cancelled', cancelReason: 'minimum-met', attemptedAtMs: null };
        expect(notices.get('overdue/statement-1/1')).toMatchObject(met);
        // The loan's payment to the borrower, and what the second instalment was reminded of before it was paid.
        expect(carrier.texts.filter((text) => text.includes('借款'))).toHaveLength(4);
        expect(carrier.texts.filter((text) => text.includes(`未还，还款日${chineseDate(billDueDate)}`))).toEqual([]);
      },
      { lookEveryMs: 30 * DAY_MS },
    ));

  it('figures in a text are the ledger as it is when it leaves, not when it was promised', () =>
    withCarrier(
      async (deployment, carrier) => {
        const loan = await new Credit(deployment, 'figures', 'cash-loan').open({ months: 1, principalFen: 500_000 });
        const dueDate = await firstDue(loan);
        const booked = async () => {
          const balances = await readBalances(deployment.pool, { tenantId: TENANT, accountId: loan.accountId });
          return (balances['principal-receivable'] ?? 0) + (balances['interest-receivable'] ?? 0);
        };
        const inText = (days: number) => {
          const text = carrier.texts.find((each) => each.includes(`已过还款日${days}天`)) ?? '';
          expect(fenAfter(`还款日${days}天，还`, text)).toBe(fenAfter('全部应还', text));
          return { owedFen: fenAfter('全部应还', text), penaltyFen: fenAfter('含罚息', text) };
        };
        await loan.sleepUntil(addDays(dueDate, 3), '12:00');
        await untilNotice(loan, 'overdue/instalment-1/3', 'accepted');
        // 0.03 % a day and half of it more; a penalty is booked when it is paid or settled, and owed from day to day.
        const penaltyFen = Math.round(500_000 * 0.00045 * 3);
        expect(inText(3)).toEqual({ owedFen: (await booked()) + penaltyFen, penaltyFen });

        await loan.sleepUntil(addDays(dueDate, 7), '09:00');
        await until(async () => (await byKey(loan)).has('overdue/instalment-1/7'));
        const promisedFen = (await loan.now()).overdueFen;
        await loan.pay('part', 100_000);
        await loan.sleepUntil(addDays(dueDate, 7), '12:00');
        await untilNotice(loan, 'overdue/instalment-1/7', 'accepted');
        expect(inText(7)).toEqual({ owedFen: await booked(), penaltyFen: 0 });
        expect(inText(7).owedFen).toBe(promisedFen - 100_000);
      },
      {
        policy: { ...defaultPolicy, cashLoan: { ...defaultPolicy.cashLoan, termsMonths: [1] } },
        lookEveryMs: 30 * DAY_MS,
      },
    ));

  it('a text that cannot be made stops its own notice, and the lane goes on', () =>
    withCarrier(async (deployment, carrier) => {
      const wording = { tenantId: TENANT, version: 99, signature: '样例', approvedBy: 'reviewer-01' };
      await inTransaction(deployment.pool, async (client) => {
        await activateTemplate(client, { ...wording, kind: 'loan-disbursed', body: '长'.repeat(501) });
        await activateTemplate(client, { ...wording, kind: 'due-soon.loan', body: '请还{sum}' });
      });
      const loan = await new Credit(deployment, 'no-text', 'cash-loan').open({ months: 3 });
      const dueDate = await firstDue(loan);
      await loan.sleepUntil(dueDate, '20:00');
      await until(async () => carrier.texts.some((text) => text.includes('今日')));
      const fates = (await noticesOf(deployment.pool, TENANT, loan.accountId))
        .filter(({ kind }) => kind === 'loan-disbursed' || kind === 'due-soon')
        .map(({ status, cancelReason }) => `${status} ${cancelReason}`);
      expect(new Set(fates)).toEqual(new Set(['cancelled not-renderable']));
    }));

  it('one notice per promise, whatever is done again: after lost answers, and after books that went away between the sending and its outcome', () => {
    const lost = new Set<string>();
    const failures: string[] = [];
    return withCarrier(
      async (deployment, carrier) => {
        const { pool } = deployment;
        const loan = await new Credit(deployment, 'once', 'cash-loan').open();
        const dueDate = await firstDue(loan);
        await loan.sleepUntil(addDays(dueDate, -3), '12:00');
        await untilNotice(loan, 'due-soon/instalment-1/3', 'accepted');
        expect([...lost].sort()).toEqual(['advanceAccount', 'sweepLane']);

        // The carrier takes the next one, and then the books cannot keep its answer.
        carrier.answering = async (_message, keep) => {
          const outcome = await keep();
          await ownerOf(pool).query('alter table notice rename to notice_out_of_reach');
          return outcome;
        };
        await loan.sleepUntil(addDays(dueDate, -1), '10:01');
        await until(async () => carrier.calls.length === 3);
        await until(async () => failures.some((message) => message.includes('does not exist')));
        await ownerOf(pool).query('alter table notice_out_of_reach rename to notice');
        carrier.answering = (_message, keep) => keep();
        await loan.sleepUntil(dueDate, '20:00');
        await untilNotice(loan, 'due-soon/instalment-1/1', 'unknown');
        await untilNotice(loan, 'due-today/instalment-1/0', 'accepted');
        await loan.pay('p1', (await loan.now()).obligations[0]?.owedFen ?? 0);
        await loan.sleepDays(3);

        const { rows } = await pool.query(
          `select dedupe_key as key, count(message_id) as messages from notice
             left join sink_message on split_part(reference, '.', 1) = notice_id::text
            where status not in ('planned', 'cancelled') group by 1 order by 1`,
        );
        expect(rows).toEqual(
          ['due-soon/instalment-1/1', 'due-soon/instalment-1/3', 'due-today/instalment-1/0', 'loan-disbursed'].map(
            (key) => ({ key, messages: 1 }),
          ),
        );
        expect(carrier.calls).toHaveLength(4);
      },
      { lookEveryMs: 30 * DAY_MS, activities: (real) => losingFirstAnswers(real, lost, failures) },
    );
  });
});

/** What receipts must leave alone: every other table that an account touches, and what was said in the notices. */
async function allButReceipts({ pool }: Deployment): Promise<unknown> {
  const statements = [
    'select * from posting order by 1, 2, 3',
    'select * from account_fact order by 1, 2, 3',
    'select * from credit_account order by 1, 2',
    'select * from sink_message order by 1, 2',
    'select notice_id, dedupe_key, text, attempted_at_ms, cancel_reason from notice order by 1',
  ];
  return Promise.all(statements.map(async (statement) => (await pool.query(statement)).rows));
}

/** A step and a sweep are done, and their first answers never arrive: they are done again. Notes what fails by itself. */
function losingFirstAnswers(real: Activities, lost: Set<string>, failures: string[]): Partial<Activities> {
  const losing = (name: 'advanceAccount' | 'sweepLane') => async (input: never) => {
    const answer = (await real[name](input).catch((error: Error) => {
      failures.push(error.message);
      throw error;
    })) as never;
    if (lost.has(name)) return answer;
    lost.add(name);
    throw new Error('the answer was lost');
  };
  return { advanceAccount: losing('advanceAccount'), sweepLane: losing('sweepLane') };
}
