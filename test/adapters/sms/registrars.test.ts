/** Registration of texts with both clouds against fakes that check signatures: once, and what became of it. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SmsProvider } from '../../../src/adapters/sms/port';
import { createAliyunProvider } from '../../../src/adapters/sms/providers/aliyun';
import { createAliyunRegistrar } from '../../../src/adapters/sms/providers/aliyunRegistrar';
import {
  type CloudTemplates,
  cloudNameOf,
  createCloudRegistrar,
} from '../../../src/adapters/sms/providers/cloudRegistrar';
import { createTencentProvider } from '../../../src/adapters/sms/providers/tencent';
import { createTencentRegistrar } from '../../../src/adapters/sms/providers/tencentRegistrar';
import type { RegistrableTemplate, TemplateRegistrar } from '../../../src/adapters/sms/registrar';
import { render, variablesOf } from '../../../src/domain/messaging/outbox/noticeText';
import { createTemplateRegistrars } from '../../../src/platform/wiring/smsProviders';
import { CLOUD_KEY, createFakeAliyun, createFakeTencent, type FakeCloud } from './fakeCloud';
import { FakeAliyunTemplates, FakeTencentTemplates } from './fakeTemplates';

const TIMEOUTS = { connectMs: 400, readMs: 300, totalMs: 600 };
const BODY = '您好，{product}本期应还{amount}，在{amount}之外没有费用，{dueDate}到期，请在APP内查看。';
const TEMPLATE: RegistrableTemplate = { name: 'demo-due-soon-3', body: BODY, signature: '示例消金' };

interface Side {
  cloud: FakeCloud;
  book: FakeAliyunTemplates | FakeTencentTemplates;
  registrarAt(endpoint: string, secret?: string): TemplateRegistrar;
  senderAt(endpoint: string): SmsProvider;
  /** What the borrower reads: the template with the values that were sent. */
  // biome-ignore lint/suspicious/noExplicitAny: parameters as the fake read them
  written(template: string, parameters: any): string;
  content: string;
  /** The number of a notification. */
  type: number;
  list: string;
  refusal: string;
  trouble: string;
}

const SIDES: Record<string, () => Side> = {
  aliyun: () => ({
    cloud: createFakeAliyun(),
    book: new FakeAliyunTemplates(),
    type: 1,
    list: 'QuerySmsTemplateList',
    refusal: 'isv.SMS_CONTENT_ILLEGAL',
    trouble: 'isv.SMS_OVER_LIMIT',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Aliyun writes variables so
    content: '您好，${product}本期应还${amount}，在${amount}之外没有费用，${dueDate}到期，请在APP内查看。',
    written: (template, { TemplateParam }) =>
      template.replace(/\$\{(\w+)\}/g, (_variable, name) => JSON.parse(TemplateParam)[name]),
    senderAt: (endpoint) =>
      createAliyunProvider({
        accessKeyId: CLOUD_KEY.id,
        accessKeySecret: CLOUD_KEY.secret,
        endpoint,
        protocol: 'http',
      }),
    registrarAt: (endpoint, accessKeySecret = CLOUD_KEY.secret) =>
      createAliyunRegistrar({
        accessKeyId: CLOUD_KEY.id,
        accessKeySecret,
        endpoint,
        protocol: 'http',
        timeouts: TIMEOUTS,
      }),
  }),
  tencent: () => ({
    cloud: createFakeTencent(),
    book: new FakeTencentTemplates(),
    type: 2,
    list: 'DescribeSmsTemplateList',
    refusal: 'InvalidParameter.DirtyWordFound',
    trouble: 'FailedOperation.TemplateNumberLimit',
    content: '您好，{1}本期应还{2}，在{2}之外没有费用，{3}到期，请在APP内查看。',
    written: (template, { TemplateParamSet }) =>
      template.replace(/\{(\d+)\}/g, (_variable, number) => TemplateParamSet[Number(number) - 1]),
    senderAt: (endpoint) =>
      createTencentProvider({
        secretId: CLOUD_KEY.id,
        secretKey: CLOUD_KEY.secret,
        sdkAppId: '1400000000',
        endpoint,
        protocol: 'http',
      }),
    registrarAt: (endpoint, secretKey = CLOUD_KEY.secret) =>
      createTencentRegistrar({
        secretId: CLOUD_KEY.id,
        secretKey,
        sdkAppId: '1400000000',
        endpoint,
        protocol: 'http',
        timeouts: TIMEOUTS,
      }),
  }),
};

describe.each(Object.keys(SIDES))('%s', (provider) => {
  let side: Side;
  let endpoint: string;
  let registrar: TemplateRegistrar;

  beforeEach(async () => {
    side = (SIDES[provider] as () => Side)();
    side.cloud.answer = side.book.answer;
    endpoint = await side.cloud.start();
    registrar = side.registrarAt(endpoint);
  });
  afterEach(() => side.cloud.stop());

  const added = () => side.cloud.received.filter(({ action }) => action === 'AddSmsTemplate');

  /** Nothing of an error may tell the text, the address or a secret. */
  async function faultOf(call: Promise<unknown>): Promise<string> {
    const error = await call.then(
      (answer) => Promise.reject(new Error(`it answered ${JSON.stringify(answer)}`)),
      (thrown: Error) => thrown,
    );
    const told = [error.message, error.stack, JSON.stringify(error), String(error.cause)].join('\n');
    const secrets = [CLOUD_KEY.secret, CLOUD_KEY.id, endpoint, '本期应还', encodeURIComponent('本期应还'), '示例'];
    for (const secret of secrets) expect(told).not.toContain(secret);
    expect(error.message).toMatch(new RegExp(`^${provider} `));
    return error.message;
  }

  it('submits a notification under our name, in the variables of the provider, signed', async () => {
    const answer = await registrar.submit(TEMPLATE);
    const [kept] = side.book.kept;
    expect(answer).toEqual({ status: 'pending', code: kept?.code });
    expect(kept).toMatchObject({ name: cloudNameOf(TEMPLATE), content: side.content, type: side.type });
    expect(kept?.remark).not.toBe('');
    expect(side.cloud.received.map(({ action, isSigned }) => ({ action, isSigned }))).toEqual([
      { action: side.list, isSigned: true },
      { action: 'AddSmsTemplate', isSigned: true },
    ]);
  });

  it('waits while it is reviewed, then has it approved with its code', async () => {
    const answer = await registrar.submit(TEMPLATE);
    if (!('code' in answer) || answer.code === undefined) throw new Error('a submission has a code');
    const { code } = answer;
    for (const decision of ['pending', 'approved-later'] as const) {
      side.book.decide(decision);
      expect(await registrar.status(code, TEMPLATE)).toEqual({ status: 'pending', code });
    }
    side.book.decide('approved');
    expect(await registrar.status(code, TEMPLATE)).toEqual({ status: 'approved', code });
    expect(side.cloud.received.every(({ isSigned }) => isSigned)).toBe(true);
  });

  it('is refused with the reason of the provider, on one line and not endless', async () => {
    await registrar.submit(TEMPLATE);
    const code = side.book.kept[0]?.code ?? '';
    side.book.decide('rejected', '模板含有\n金融内容');
    expect(await registrar.status(code, TEMPLATE)).toEqual({ status: 'rejected', code, reason: '模板含有 金融内容' });
    side.book.decide('rejected', '长'.repeat(5_000));
    expect(await registrar.status(code, TEMPLATE)).toMatchObject({ reason: '长'.repeat(200) });
    side.book.decide('cancelled');
    expect(await registrar.status(code, TEMPLATE)).toMatchObject({ status: 'rejected', reason: expect.any(String) });
  });

  it('sent with its code and our variables, it reads as it was reviewed', async () => {
    const { code } = (await registrar.submit(TEMPLATE)) as { code: string };
    const figures = { productName: '借款', amountFen: 123_456, dueDate: '2026-07-10' };
    const variables = variablesOf(BODY, figures);
    await side.senderAt(endpoint).send({
      reference: 'notice-1.1',
      phone: '13800000000',
      text: render(BODY, TEMPLATE.signature, figures),
      atMs: 0,
      template: { code, signature: TEMPLATE.signature, variables },
    });
    const request = side.cloud.received.find(({ action }) => action === 'SendSms');
    const template = side.book.kept.find((kept) => kept.code === code)?.content ?? '';
    expect(`【${TEMPLATE.signature}】${side.written(template, request?.parameters)}`).toBe(
      render(BODY, TEMPLATE.signature, figures),
    );
  });

  it('submitted twice it is there once: what became of the first is answered', async () => {
    const first = await registrar.submit(TEMPLATE);
    expect(await registrar.submit(TEMPLATE)).toEqual(first);
    side.book.decide('approved');
    expect(await registrar.submit(TEMPLATE)).toEqual({ ...first, status: 'approved' });
    expect(added()).toHaveLength(1);
  });

  it('a submission whose answer was lost is found again, also behind many others', async () => {
    side.book.crowd(130);
    side.book.isAnswerLost = true;
    await faultOf(registrar.submit(TEMPLATE));
    side.book.isAnswerLost = false;
    expect(await registrar.submit(TEMPLATE)).toEqual({ status: 'pending', code: side.book.kept[130]?.code });
    expect(added()).toHaveLength(1);
  });

  it('nothing is added while the list cannot be read to its end', async () => {
    side.book.crowd(130);
    let lists = 0;
    side.book.before = ({ action }) => {
      lists += action === side.list ? 1 : 0;
      return lists === 2 ? 'hang' : undefined;
    };
    expect(await faultOf(registrar.submit(TEMPLATE))).toContain('did not answer');
    expect(added()).toEqual([]);
  });

  it('another wording is another template, and one that was changed at the provider is refused', async () => {
    await registrar.submit(TEMPLATE);
    const other = { ...TEMPLATE, body: `${BODY}谢谢` };
    await registrar.submit(other);
    expect(side.book.kept).toHaveLength(2);
    side.book.decide('approved');
    const [kept] = side.book.kept;
    if (kept) kept.content = '您的{1}已逾期';
    const refused = { status: 'rejected', reason: `${provider} has another wording under this name` };
    expect(await registrar.status(kept?.code ?? '', TEMPLATE)).toMatchObject(refused);
    expect(await registrar.submit(TEMPLATE)).toMatchObject(refused);
  });

  it('a refusal of the wording is for good, any other trouble is tried again', async () => {
    const answerTo = (code: string) => {
      side.book.before = ({ action }) => (action === 'AddSmsTemplate' ? side.book.refuse(code) : undefined);
    };
    answerTo(side.refusal);
    expect(await registrar.submit(TEMPLATE)).toEqual({
      status: 'rejected',
      reason: `${provider} answered ${side.refusal}`,
    });
    answerTo(side.trouble);
    expect(await faultOf(registrar.submit(TEMPLATE))).toBe(`${provider} answered ${side.trouble}`);
  });

  it.each([
    ['silence', 'hang' as const],
    ['a reset', 'reset' as const],
    ['a page of a proxy', { httpStatus: 502, text: `<html>本期应还</html>` }],
    ['no JSON', { text: '本期应还' }],
    ['an answer without what was asked for', { json: { Code: 'OK', Response: { RequestId: 'r-1' } } }],
  ])('%s is no answer: one request, in bounded time', async (_case, answer) => {
    const { code } = (await registrar.submit(TEMPLATE)) as { code: string };
    side.cloud.received.length = 0;
    side.book.before = () => answer;
    await faultOf(registrar.status(code, TEMPLATE));
    expect(side.cloud.received).toHaveLength(1);
    await faultOf(registrar.submit(TEMPLATE));
    expect(side.cloud.received).toHaveLength(2);
    side.book.before = ({ action }) => (action === 'AddSmsTemplate' ? answer : undefined);
    await faultOf(registrar.submit({ ...TEMPLATE, name: 'demo-due-soon-4' }));
    // And a while later: the SDK does not add again.
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(added()).toHaveLength(1);
  });

  it('a key that is not ours reaches nothing', async () => {
    const stranger = side.registrarAt(endpoint, 'another');
    expect(await faultOf(stranger.submit(TEMPLATE))).toMatch(/answered \w+/);
    expect(side.book.kept).toEqual([]);
  });

  it('a closed port is no answer', async () => {
    await side.cloud.stop();
    expect(await faultOf(registrar.submit(TEMPLATE))).toContain('did not answer');
  });
});

it('the first template of a Tencent account is added, though there is no list', async () => {
  const side = (SIDES.tencent as () => Side)();
  side.cloud.answer = side.book.answer;
  side.book.before = ({ parameters }) =>
    side.book.kept.length === 0 && parameters.Limit !== undefined
      ? side.book.refuse('FailedOperation.MissingTemplateList')
      : undefined;
  const registrar = side.registrarAt(await side.cloud.start());
  expect(await registrar.submit(TEMPLATE)).toMatchObject({ status: 'pending' });
  expect(await registrar.submit(TEMPLATE)).toMatchObject({ status: 'pending' });
  expect(side.book.kept).toHaveLength(1);
  await side.cloud.stop();
});

it('an attempt that took too long to look adds nothing: the next one may have added it', async () => {
  let nowMs = 0;
  const added: string[] = [];
  const cloud: CloudTemplates = {
    provider: 'slow',
    refusals: new Set(),
    contentOf: (body) => body,
    codeOf: () => undefined,
    async list(index) {
      nowMs += 9_000;
      return { rows: [], isLast: index === 1 };
    },
    async add({ name }) {
      added.push(name);
      return 'T-1';
    },
    read: () => Promise.reject(new Error('nobody asks')),
  };
  const registrar = createCloudRegistrar(cloud, TIMEOUTS, () => nowMs);
  await expect(registrar.submit(TEMPLATE)).rejects.toThrow('slow took too long to list its templates');
  expect(added).toEqual([]);
});

describe('our name of a text', () => {
  it('fits, tells kind and version, and is of one wording', () => {
    expect(cloudNameOf(TEMPLATE)).toMatch(/^demo-due-soon-3-[0-9a-f]{8}$/);
    const long = { ...TEMPLATE, name: 'a-lender-of-long-name-credit-report-warning-12' };
    expect(cloudNameOf(long)).toMatch(/^dit-report-warning-12-[0-9a-f]{8}$/);
    expect(cloudNameOf(long)).toHaveLength(30);
    expect(cloudNameOf({ ...long, name: `b${long.name}` })).not.toBe(cloudNameOf(long));
    expect(cloudNameOf({ ...TEMPLATE, body: 'x' })).not.toBe(cloudNameOf(TEMPLATE));
  });
});

describe('registrars of a configuration', () => {
  it('are those of the providers that take registered texts only', () => {
    const http = {
      ...({ kind: 'http', url: 'https://gateway.example/', username: 'app', password: 'pw', from: '1' } as const),
      callbackUrl: 'https://lender.example/',
    };
    const aliyun = { kind: 'aliyun', accessKeyId: 'id', accessKeySecret: 'secret' } as const;
    const tencent = { kind: 'tencent', secretId: 'id', secretKey: 'key', sdkAppId: '1400000000' } as const;
    expect(createTemplateRegistrars([http, { kind: 'sink' }])).toEqual([]);
    const names = createTemplateRegistrars([tencent, http, aliyun]).map(({ provider }) => provider);
    expect(names).toEqual(['tencent', 'aliyun']);
  });
});
