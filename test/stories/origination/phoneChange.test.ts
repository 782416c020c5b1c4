/** A phone that was changed, over time: the old one is told, and has what is about money until the new one is trusted. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { createSmtpMail } from '../../../src/adapters/channels/smtpMail';
import type { SendOutcome, SmsMessage } from '../../../src/adapters/sms/port';
import { saveVaultContact } from '../../../src/db/messaging/contact/vaultContacts';
import { recordReceipts } from '../../../src/db/messaging/delivery/receipts';
import { readInbox } from '../../../src/db/messaging/outbox/inbox';
import { appendNoticeEvidence } from '../../../src/db/messaging/outbox/noticeEvidence';
import { inTransaction } from '../../../src/db/transaction';
import { createVault } from '../../../src/db/vault';
import { GUARD_POLICY } from '../../../src/domain/messaging/guard/anomalyGuard';
import { addDays } from '../../../src/domain/values/calendar';
import { withApi } from '../../support/api';
import { Credit, until } from '../../support/credits';
import { DAY_MS, type Deployment, type DeploymentOptions, TENANT, withDeployment } from '../../support/deployment';
import { IDENTITY } from '../../support/identities';
import { startMailServer } from '../../support/mailServer';
import { untilStatus } from '../../support/notices';

const OLD = IDENTITY.phone;
const NEW = '19900000002';
const ADDRESS = 'lin@mail.example';
const WARNING = /手机号已申请更换.*如非本人操作/;

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const sent: SmsMessage[] = [];

/** A carrier that takes everything, but for what `answer` says otherwise. */
function withCarrier(
  run: (deployment: Deployment) => Promise<void>,
  more: Partial<DeploymentOptions> = {},
  answer: (message: SmsMessage) => SendOutcome | undefined = () => undefined,
): Promise<void> {
  sent.length = 0;
  const carrier = {
    name: 'carrier',
    capabilities: { freeText: true, echoesReference: true, maxParts: 8, perSecond: 1_000 },
    async send(message: SmsMessage): Promise<SendOutcome> {
      sent.push(message);
      return answer(message) ?? { status: 'accepted', providerMessageIds: [message.reference] };
    },
  };
  return withDeployment(run, { lookEveryMs: DAY_MS, providers: [carrier], ...more });
}

async function withMail() {
  const mail = await startMailServer();
  closing.push(mail.close);
  const bounds = { connectTimeoutMs: 2_000, answerTimeoutMs: 500, totalTimeoutMs: 3_000 };
  const channel = createSmtpMail({
    host: '127.0.0.1',
    port: mail.port,
    security: 'none',
    from: 'notice@lender.example',
    ...bounds,
  });
  return { mail, channel };
}

async function giveAddress({ deployment: { pool }, borrowerId }: Credit): Promise<void> {
  const vault = createVault({ keyId: 'test', key: Buffer.alloc(32, 7) });
  const address = { tenantId: TENANT, borrowerId, field: 'email' as const, value: ADDRESS };
  await inTransaction(pool, (client) => saveVaultContact(client, vault, address));
}

/** A loan four days before its first due date, whose borrower has another phone from then on. */
async function changedBeforeDue(deployment: Deployment, name: string) {
  const loan = await new Credit(deployment, name, 'cash-loan').open();
  await untilStatus(loan, 'loan-disbursed', 'accepted');
  const dueDate = (await loan.now()).obligations[0]?.dueDate ?? '';
  await loan.sleepUntil(addDays(dueDate, -4), '12:00');
  await change(loan, 'change-1', NEW);
  return { loan, dueDate };
}

async function change({ deployment, borrowerId }: Credit, changeId: string, phone: string): Promise<void> {
  await withApi(deployment, async (api) => {
    const answer = await api.post(`/v1/borrowers/${borrowerId}/phone-changes`, changeId, { changeId, phone });
    expect(answer).toMatchObject({ status: 200, body: { changeId, status: 'changed' } });
  });
}

const inboxOf = async ({ deployment: { pool }, borrowerId }: Credit) =>
  (await readInbox(pool, { tenantId: TENANT, borrowerId, limit: 99 })).map(({ text }) => text).reverse();

const phones = () => sent.map(({ phone }) => phone);

async function undelivered({ deployment: { pool, env } }: Credit, message: SmsMessage | undefined): Promise<void> {
  const providerMessageId = message?.reference ?? '';
  const receipt = { providerMessageId, receiptKey: `${providerMessageId}/1`, status: 'undelivered' as const, body: {} };
  const receivedAtMs = await env.currentTimeMs();
  await inTransaction(pool, async (client) => {
    const told = { tenantId: TENANT, provider: 'carrier', receipts: [{ ...receipt, receivedAtMs }] };
    const moved = (await recordReceipts(client, told)).flatMap(({ movedNoticeId }) => movedNoticeId ?? []);
    expect(moved).toHaveLength(1);
    await appendNoticeEvidence(client, { tenantId: TENANT, noticeIds: moved, atMs: receivedAtMs });
  });
}

describe('a changed phone', () => {
  it('is told to the old one, which has what is about money for the cool-down, with the inbox; then the new one', () =>
    withCarrier(async (deployment) => {
      const { loan, dueDate } = await changedBeforeDue(deployment, 'changed');
      await untilStatus(loan, 'phone-changed/2/1', 'accepted');
      expect(sent.at(-1)?.text).toMatch(WARNING);
      await loan.sleepUntil(addDays(dueDate, -2), '20:00');
      await untilStatus(loan, 'due-soon/instalment-1/3', 'accepted');
      const [code] = sent.at(-1)?.text.match(/[0-9A-Z]{8}/) ?? [];
      await withApi(deployment, async ({ api }) => {
        const isOurs = async (phone: string) => {
          const response = await api.inject({ method: 'POST', url: '/v1/notices/verify', payload: { phone, code } });
          return response.json().ours;
        };
        expect([await isOurs(OLD), await isOurs(NEW)]).toEqual([true, false]);
      });
      await loan.sleepUntil(addDays(dueDate, 3), '11:00');
      await untilStatus(loan, 'overdue/instalment-1/3', 'accepted');
      expect(new Set(phones())).toEqual(new Set([OLD]));
      const told = (await inboxOf(loan)).length;
      // Everything since the change, and its own warning.
      expect(told).toBe(sent.length - 1);
      await loan.sleepUntil(addDays(dueDate, 7), '11:00');
      await untilStatus(loan, 'overdue/instalment-1/7', 'accepted');
      expect(phones().at(-1)).toBe(NEW);
      expect(phones().filter((phone) => phone === NEW)).toHaveLength(1);
      expect(await inboxOf(loan)).toHaveLength(told);
    }));

  it('whose old one takes nothing by its receipts: e-mail and inbox have it, and never the new one', async () => {
    const { mail, channel } = await withMail();
    await withCarrier(
      async (deployment) => {
        const { loan, dueDate } = await changedBeforeDue(deployment, 'dead');
        await giveAddress(loan);
        await untilStatus(loan, 'phone-changed/2/1', 'accepted');
        await undelivered(loan, sent.at(-1));
        const before = sent.length;
        await loan.sleepUntil(addDays(dueDate, -2), '20:00');
        await untilStatus(loan, 'due-soon/instalment-1/3', 'accepted');
        expect(sent).toHaveLength(before);
        expect(mail.arrived.map(({ to }) => to)).toEqual([[ADDRESS]]);
        expect((await inboxOf(loan)).map((text) => /应还/.test(text))).toEqual([false, true]);
        expect(phones()).not.toContain(NEW);
      },
      { mail: channel },
    );
  });

  it('whose old one the carrier does not know: the same, from the warning on', async () => {
    const { mail, channel } = await withMail();
    let isGone = false;
    const gone = { status: 'refused', failure: 'bad-address', code: 'NO_NUMBER', detail: 'no such number' } as const;
    await withCarrier(
      async (deployment) => {
        const loan = await new Credit(deployment, 'gone', 'cash-loan').open();
        await untilStatus(loan, 'loan-disbursed', 'accepted');
        await giveAddress(loan);
        isGone = true;
        const dueDate = (await loan.now()).obligations[0]?.dueDate ?? '';
        await loan.sleepUntil(addDays(dueDate, -4), '12:00');
        await change(loan, 'change-1', NEW);
        await untilStatus(loan, 'phone-changed/2/1', 'accepted');
        await loan.sleepUntil(addDays(dueDate, -2), '20:00');
        await untilStatus(loan, 'due-soon/instalment-1/3', 'accepted');
        expect(mail.arrived).toHaveLength(2);
        expect(await inboxOf(loan)).toHaveLength(2);
        expect(phones()).not.toContain(NEW);
      },
      // The guard knows why the warning goes out.
      { mail: channel, guard: GUARD_POLICY },
      ({ phone }) => (isGone && phone === OLD ? gone : undefined),
    );
  });

  it('of an account that has ended: the old one is told as well, before the guard', () => {
    const told = async (deployment: Deployment) => {
      const loan = await new Credit(deployment, 'ended', 'cash-loan').open();
      await untilStatus(loan, 'loan-disbursed', 'accepted');
      const { balances } = await loan.now();
      await loan.pay('all', 2 * balances.principalFen, 'payoff');
      await until(async () => (await loan.now()).stage === 'settled');
      await loan.sleepDays(2);
      await change(loan, 'change-1', NEW);
      await untilStatus(loan, 'phone-changed/2/1', 'accepted');
      expect([phones().at(-1), WARNING.test(sent.at(-1)?.text ?? '')]).toEqual([OLD, true]);
    };
    return withCarrier(told, { guard: GUARD_POLICY });
  });
});
