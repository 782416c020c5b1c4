/** What binds contacts with one person over time: holds, opting out, and the inbox as the second channel. */
import { describe, expect, it } from '@jest/globals';
import { keepInbound } from '../../../src/activities/messaging/callbackKeeping';
import type { SendOutcome, SmsMessage } from '../../../src/adapters/sms/port';
import { liftHold, placeHold } from '../../../src/db/messaging/contact/contactHolds';
import { readInbox } from '../../../src/db/messaging/outbox/inbox';
import { inTransaction } from '../../../src/db/transaction';
import { createVault } from '../../../src/db/vault';
import type { HoldKind } from '../../../src/domain/messaging/contact/contactRules';
import { addDays } from '../../../src/domain/values/calendar';
import { Credit, until } from '../../support/credits';
import { DAY_MS, type Deployment, type DeploymentOptions, TENANT, withDeployment } from '../../support/deployment';
import { noticesOf } from '../../support/notices';

const sent: SmsMessage[] = [];
let answer: (message: SmsMessage) => SendOutcome;

function withCarrier(run: (deployment: Deployment) => Promise<void>): Promise<void> {
  sent.length = 0;
  answer = ({ reference }) => ({ status: 'accepted', providerMessageIds: [reference] });
  const options: DeploymentOptions = {
    lookEveryMs: DAY_MS,
    providers: [
      {
        name: 'carrier',
        capabilities: { freeText: true, echoesReference: true, maxParts: 8, perSecond: 1_000 },
        async send(message) {
          sent.push(message);
          return answer(message);
        },
      },
    ],
  };
  return withDeployment(run, options);
}

async function statusOf(credit: Credit, key: string): Promise<string | undefined> {
  const notices = await noticesOf(credit.deployment.pool, TENANT, credit.accountId);
  const found = notices.find(({ dedupeKey }) => dedupeKey === key);
  return found && `${found.status}${found.cancelReason ? ` ${found.cancelReason}` : ''}`;
}

const untilStatus = (credit: Credit, key: string, status: string) =>
  until(async () => (await statusOf(credit, key)) === status);

async function hold(credit: Credit, kind: HoldKind, accountId: string | null = null): Promise<void> {
  const { pool, env } = credit.deployment;
  const placedAtMs = await env.currentTimeMs();
  const of = { tenantId: TENANT, holdId: kind, kind, borrowerId: credit.borrowerId, region: null, accountId };
  await inTransaction(pool, (client) => placeHold(client, { ...of, placedBy: 'staff-7', placedAtMs, untilAtMs: null }));
}

async function dueDateOf(credit: Credit): Promise<string> {
  return (await credit.now()).obligations[0]?.dueDate ?? '';
}

describe('a hold', () => {
  it('for a dispute cancels what states the amount, and after it the ladder goes on with its next step', () =>
    withCarrier(async (deployment) => {
      const loan = await new Credit(deployment, 'disputed', 'cash-loan').open();
      await untilStatus(loan, 'loan-disbursed', 'accepted');
      const dueDate = await dueDateOf(loan);
      await loan.sleepUntil(addDays(dueDate, -4), '12:00');
      await hold(loan, 'dispute', loan.accountId);
      await loan.sleepUntil(addDays(dueDate, -2), '12:00');
      await untilStatus(loan, 'due-soon/instalment-1/3', 'cancelled disputed');
      const lift = {
        tenantId: TENANT,
        holdId: 'dispute',
        liftedBy: 'staff-8',
        atMs: await deployment.env.currentTimeMs(),
      };
      await inTransaction(deployment.pool, (client) => liftHold(client, lift));
      await loan.sleepUntil(addDays(dueDate, -1), '12:00');
      await untilStatus(loan, 'due-soon/instalment-1/1', 'accepted');
    }));

  it('for hardship stops what asks for overdue money, and not what the law demands', () =>
    withCarrier(async (deployment) => {
      const loan = await new Credit(deployment, 'hardship', 'cash-loan').open();
      const dueDate = await dueDateOf(loan);
      await loan.sleepUntil(addDays(dueDate, 1), '00:30');
      await hold(loan, 'hardship');
      await loan.sleepUntil(addDays(dueDate, 16), '20:00');
      await untilStatus(loan, 'overdue/instalment-1/15', 'accepted');
      for (const rung of [1, 3, 7]) expect(await statusOf(loan, `overdue/instalment-1/${rung}`)).toBe('cancelled held');
      expect(sent.at(-1)?.text).toContain('征信业管理条例');
    }));
});

describe('who answers TD', () => {
  it('reads courtesies in the app from then on, and still gets what is due by text', () =>
    withCarrier(async (deployment) => {
      const loan = await new Credit(deployment, 'opted-out', 'cash-loan').open();
      await untilStatus(loan, 'loan-disbursed', 'accepted');
      const vault = createVault({ keyId: 'test', key: Buffer.alloc(32, 7) });
      const phone = sent[0]?.phone ?? '';
      const texts = [{ phone, text: ' ｔｄ ', messageKey: 'mo-1' }];
      const receivedAtMs = await deployment.env.currentTimeMs();
      await inTransaction(deployment.pool, (client) =>
        keepInbound(client, { tenantId: TENANT, vault }, { provider: 'carrier', texts, receivedAtMs }),
      );
      const dueDate = await dueDateOf(loan);
      await loan.sleepUntil(dueDate, '20:00');
      await untilStatus(loan, 'due-today/instalment-1/0', 'accepted');
      expect(await statusOf(loan, 'due-soon/instalment-1/3')).toBe('delivered');
      expect(await statusOf(loan, 'due-soon/instalment-1/1')).toBe('delivered');
      expect(sent).toHaveLength(2);
      const inbox = await readInbox(deployment.pool, { tenantId: TENANT, borrowerId: loan.borrowerId, limit: 9 });
      expect(inbox.map(({ text }) => /应还.*请提前安排/.test(text))).toEqual([true, true]);
    }));
});

it('a number that takes no messages: the notice is read in the app, and the number is not tried again', () =>
  withCarrier(async (deployment) => {
    answer = () => ({ status: 'refused', failure: 'bad-address', code: 'NO_NUMBER', detail: 'no such number' });
    const loan = await new Credit(deployment, 'no-number', 'cash-loan').open();
    await untilStatus(loan, 'loan-disbursed', 'delivered');
    await loan.sleepUntil(await dueDateOf(loan), '20:00');
    await untilStatus(loan, 'due-today/instalment-1/0', 'delivered');
    expect(sent).toHaveLength(1);
    const { rows } = await deployment.pool.query(
      'select provider, status from notice_attempt order by attempted_at_ms, attempt limit 2',
    );
    expect(rows).toEqual([
      { provider: 'carrier', status: 'refused' },
      { provider: 'inbox', status: 'delivered' },
    ]);
    const inbox = await readInbox(deployment.pool, { tenantId: TENANT, borrowerId: loan.borrowerId, limit: 9 });
    expect(inbox).toHaveLength(4);
  }));
