/** A text from its review to a phone by a cloud that takes registered texts only: the real adapters, a fake cloud. */
import { describe, expect, it } from '@jest/globals';
import type { SendOutcome, SmsMessage, SmsProvider } from '../../../src/adapters/sms/port';
import { type AliyunSettings, createAliyunProvider } from '../../../src/adapters/sms/providers/aliyun';
import { createAliyunRegistrar } from '../../../src/adapters/sms/providers/aliyunRegistrar';
import { decideReview, retire, templateReviewState } from '../../../src/contracts/messaging/templateReview';
import { registeredTemplate } from '../../../src/db/messaging/templates/templateRegistrations';
import { readTemplate } from '../../../src/db/messaging/templates/templates';
import { SIGNATURE } from '../../../src/domain/policy/shippedTemplates';
import { addDays } from '../../../src/domain/values/calendar';
import { CLOUD_KEY, createFakeAliyun, type FakeCloud } from '../../adapters/sms/fakeCloud';
import { FakeAliyunTemplates } from '../../adapters/sms/fakeTemplates';
import { Credit, until } from '../../support/credits';
import { DAY_MS, TENANT, withDeployment } from '../../support/deployment';
import { noticesOf } from '../../support/notices';
import { activeTemplate } from '../../support/ofOne';
import { signedBy } from '../../support/signed';
import { AUTHOR, GOOD_BODY, REVIEWER, underReview } from '../../support/templateReviews';

/** The wording for loans of that kind. */
const KIND = { tenantId: TENANT, kind: 'due-soon.loan' } as const;
const APPROVAL = { decidedBy: REVIEWER, decision: 'approve', reason: 'clear and true' } as const;
const VERSION = 10;

/** A provider in a test that takes what it is given. */
class Taking implements SmsProvider {
  readonly calls: SmsMessage[] = [];
  readonly capabilities;

  constructor(
    readonly name: string,
    freeText: boolean,
  ) {
    this.capabilities = { freeText, echoesReference: true, maxParts: 8, perSecond: 1_000 };
  }

  async send(message: SmsMessage): Promise<SendOutcome> {
    this.calls.push(message);
    return { status: 'accepted', providerMessageIds: [message.reference] };
  }
}

/** Aliyun's fake with its templates; what is sent by it is taken. */
async function startCloud(): Promise<{ cloud: FakeCloud; book: FakeAliyunTemplates; settings: AliyunSettings }> {
  const cloud = createFakeAliyun();
  const book = new FakeAliyunTemplates();
  cloud.answer = (request) =>
    request.action === 'SendSms' && request.isSigned
      ? { json: { Code: 'OK', Message: 'OK', BizId: `biz-${request.parameters.OutId}`, RequestId: 'r-1' } }
      : book.answer(request);
  const endpoint = await cloud.start();
  const key = { accessKeyId: CLOUD_KEY.id, accessKeySecret: CLOUD_KEY.secret };
  return { cloud, book, settings: { ...key, endpoint, protocol: 'http' } };
}

describe('a text that a cloud has to know', () => {
  it('is registered in its review and sent with its code; whoever does not know a wording is passed over', async () => {
    const { cloud, book, settings } = await startCloud();
    const unknowing = new Taking('unknowing', false);
    const carrier = new Taking('carrier', true);
    const sent = () => cloud.received.filter(({ action }) => action === 'SendSms');
    try {
      await withDeployment(
        async (deployment) => {
          const { env, pool } = deployment;
          const loan = await new Credit(deployment, 'registered', 'cash-loan').open();
          const handle = await underReview(deployment, VERSION, { requiredProviders: [], kind: KIND.kind });
          await handle.executeUpdate(decideReview, signedBy(REVIEWER, handle, decideReview, APPROVAL));
          await until(async () => book.kept.length === 1);
          const waiting = await handle.query(templateReviewState);
          expect(waiting).toMatchObject({ stage: 'registering', requiredProviders: ['aliyun'] });
          expect(waiting.summary).toContain('waits for aliyun');
          await env.sleep(DAY_MS);
          expect((await activeTemplate(pool, KIND))?.version).not.toBe(VERSION);
          book.decide('approved');
          await env.sleep(DAY_MS / 3);
          expect((await activeTemplate(pool, KIND))?.version).toBe(VERSION);
          expect(cloud.received.filter(({ action }) => action === 'AddSmsTemplate')).toHaveLength(1);
          const code = book.kept[0]?.code ?? '';
          const ref = { ...KIND, version: VERSION, provider: 'aliyun' };
          expect(await registeredTemplate(pool, ref)).toEqual({ code });

          // The text about the payout comes with the release, and no cloud knows it.
          expect(sent()).toEqual([]);
          expect(carrier.calls.map(({ template }) => template)).toEqual([undefined]);

          const dueDate = (await loan.now()).obligations[0]?.dueDate ?? '';
          await loan.sleepUntil(addDays(dueDate, -2), '12:00');
          const dueSoon = async () =>
            (await noticesOf(pool, TENANT, loan.accountId)).find(({ kind }) => kind === 'due-soon');
          await until(async () => (await dueSoon())?.status === 'accepted');
          const [request] = sent();
          expect(sent()).toHaveLength(1);
          expect(request?.parameters).toMatchObject({ TemplateCode: code, SignName: SIGNATURE });
          const variables = JSON.parse(request?.parameters.TemplateParam);
          // What the borrower reads at the cloud is what is kept here.
          const read = GOOD_BODY.replace(/\{(\w+)\}/g, (_variable, name) => variables[name]);
          expect(`【${SIGNATURE}】${read}`).toBe((await dueSoon())?.text);
          expect(read).toMatch(/\d元/);
          expect(unknowing.calls).toEqual([]);
          expect(carrier.calls).toHaveLength(1);

          await handle.executeUpdate(retire, { args: [{ decidedBy: REVIEWER, reason: 'the end of the story' }] });
          await handle.result();
        },
        {
          lookEveryMs: DAY_MS,
          providers: [unknowing, createAliyunProvider(settings), carrier],
          registrars: [createAliyunRegistrar(settings)],
        },
      );
    } finally {
      await cloud.stop();
    }
  });

  it('is refused by the cloud, which ends its review with the reason', async () => {
    const { cloud, book, settings } = await startCloud();
    try {
      await withDeployment(
        async (deployment) => {
          const handle = await underReview(deployment, VERSION, { requiredProviders: [], kind: KIND.kind });
          await handle.executeUpdate(decideReview, signedBy(REVIEWER, handle, decideReview, APPROVAL));
          await until(async () => book.kept.length === 1);
          book.decide('rejected', '金融类内容');
          await deployment.env.sleep(DAY_MS);
          expect(await handle.result()).toEqual({ stage: 'rejected', reason: 'aliyun refused it: 金融类内容' });
        },
        { lookEveryMs: 30 * DAY_MS, registrars: [createAliyunRegistrar(settings)] },
      );
    } finally {
      await cloud.stop();
    }
  });

  it('is registered with nobody where all providers take free text', () =>
    withDeployment(
      async (deployment) => {
        const handle = await underReview(deployment, VERSION, { requiredProviders: [], kind: KIND.kind });
        await handle.executeUpdate(decideReview, signedBy(REVIEWER, handle, decideReview, APPROVAL));
        await until(async () => (await handle.query(templateReviewState)).stage === 'active');
        const row = await readTemplate(deployment.pool, { ...KIND, version: VERSION });
        expect(row).toMatchObject({ submittedBy: AUTHOR, requiredProviders: [] });
        expect((await handle.query(templateReviewState)).registrations).toEqual([]);
        await handle.executeUpdate(retire, { args: [{ decidedBy: REVIEWER, reason: 'the end of the story' }] });
        await handle.result();
      },
      { lookEveryMs: 30 * DAY_MS, registrars: [] },
    ));
});
