/**
 * What a month costs in history events, on a time-skipping server: a budget that a change of the workflow must keep.
 * `npm run bench` measures the same months for speed.
 */
import { describe, expect, it } from '@jest/globals';
import { addDays } from '../../../src/domain/values/calendar';
import { Credit, until } from '../../support/credits';
import { type Deployment, EventType, TENANT, withDeployment } from '../../support/deployment';
import { noticesOf } from '../../support/notices';

const LONG_LIFE = { lookEveryMs: 30 * 86_400_000 };

/** Events of the loan's history so far, by name; the loan waits for its next deadline or message. */
async function eventsOf(loan: Credit): Promise<string[]> {
  let names: string[] = [];
  // A step is booked a moment before its workflow task is complete: the timer that is started last ends it.
  await until(async () => {
    const { events } = await loan.handle.fetchHistory();
    names = (events ?? []).map(({ eventType }) => EventType[eventType ?? 0]?.replace('EVENT_TYPE_', '') ?? '');
    return names.at(-1) === 'TIMER_STARTED';
  });
  return names;
}

async function sentSince(deployment: Deployment, loan: Credit, before: number): Promise<string[]> {
  const notices = await noticesOf(deployment.pool, TENANT, loan.accountId);
  return notices
    .filter(({ attemptedAtMs }) => attemptedAtMs !== null)
    .slice(before)
    .map(({ kind }) => kind);
}

async function payNext(loan: Credit, paymentId: string): Promise<void> {
  const { obligations, overdueFen } = await loan.now();
  await loan.pay(paymentId, overdueFen || (obligations.at(-1)?.owedFen ?? 0));
}

/** Shows the events themselves when there are too many. */
function expectWithin(added: string[], budget: number): void {
  expect(added.length).toBeGreaterThan(0);
  expect(added.length > budget ? added : []).toEqual([]);
}

describe('event budget of a cash loan', () => {
  it('an on-time month with one reminder: at most 8 events', () =>
    withDeployment(async (deployment) => {
      const loan = await new Credit(deployment, 'on-time', 'cash-loan').open({ months: 6 });
      for (let month = 1; month <= 3; month++) {
        const before = (await eventsOf(loan)).length;
        const sentBefore = (await sentSince(deployment, loan, 0)).length;
        // Two days before the due date: the first reminder is out, the next one is not.
        await loan.sleepUntil(addDays((await loan.now()).obligations.at(-1)?.dueDate ?? '', -2));
        await payNext(loan, `p${month}`);
        expect((await sentSince(deployment, loan, sentBefore)).filter((kind) => kind === 'due-soon')).toHaveLength(1);
        const added = (await eventsOf(loan)).slice(before);
        expectWithin(added, 8);
      }
    }, LONG_LIFE));

  it('a month with its due date, three rungs and a worse class: at most 48 events', () =>
    withDeployment(async (deployment) => {
      const loan = await new Credit(deployment, 'late', 'cash-loan').open({ months: 6 });
      const before = (await eventsOf(loan)).length;
      const { dueDate = '' } = (await loan.now()).obligations.at(-1) ?? {};
      await loan.sleepUntil(addDays(dueDate, 8));
      await payNext(loan, 'late');
      expect(await sentSince(deployment, loan, 0)).toEqual(
        expect.arrayContaining(['overdue-friendly', 'overdue-factual', 'overdue-factual']),
      );
      const added = (await eventsOf(loan)).slice(before);
      // The due date, days 1, 3 and 7 of the ladder, and day 8, on which the class changes.
      expect(added.filter((name) => name === 'TIMER_FIRED')).toHaveLength(5);
      expectWithin(added, 48);
    }, LONG_LIFE));
});
